"""A drug or alcohol test as a treatment provider or a laboratory tells it.

The models stand here and not in the flow's file because later flows (court reviews, sentence
plans) read them; the rules are in `streams.flows.substance_test`. There is no field for clinical
notes: what has no field cannot travel.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from streams.domain.records import Choice, Code, Event, Many, PersonEvent, Record, Text


class SampleOutcome(StrEnum):
    """How a test ended, as a whole.

    Source: FLOWS row 4.
    """

    POSITIVE = "positive"
    NEGATIVE = "negative"
    DILUTED = "diluted"
    ADULTERATED = "adulterated"
    REFUSED = "refused"
    MISSED = "missed"


class Substance(StrEnum):
    """What is looked for."""

    ALCOHOL = "alcohol"
    AMPHETAMINES = "amphetamines"
    BENZODIAZEPINES = "benzodiazepines"
    BUPRENORPHINE = "buprenorphine"
    CANNABIS = "cannabis"
    COCAINE = "cocaine"
    GABAPENTINOIDS = "gabapentinoids"
    KETAMINE = "ketamine"
    METHADONE = "methadone"
    METHAMPHETAMINE = "methamphetamine"
    OPIATES = "opiates"
    SYNTHETIC_CANNABINOIDS = "synthetic_cannabinoids"
    OTHER = "other"


class Specimen(StrEnum):
    """What was tested."""

    ORAL_FLUID = "oral_fluid"
    URINE = "urine"
    HAIR = "hair"
    BLOOD = "blood"
    BREATH = "breath"


class Method(StrEnum):
    """How it was tested."""

    IMMUNOASSAY = "immunoassay"
    MASS_SPECTROMETRY = "mass_spectrometry"
    BREATH_METER = "breath_meter"
    OTHER = "other"


class Standing(StrEnum):
    """Whether a result is the screen's alone or was confirmed by a second, specific method."""

    PRESUMPTIVE = "presumptive"
    CONFIRMED = "confirmed"


class CutOffUnit(StrEnum):
    """In what a cut-off is measured."""

    NG_PER_ML = "ng_per_ml"
    PG_PER_MG = "pg_per_mg"
    MG_PER_100_ML = "mg_per_100_ml"
    MICROGRAM_PER_100_ML = "microgram_per_100_ml"


class Finding(Record):
    """What was found of one substance; a cut-off always comes with its unit."""

    substance: Choice[Substance]
    is_positive: bool
    standing: Choice[Standing]
    cut_off: Annotated[float, Field(gt=0)] | None = None
    cut_off_unit: Choice[CutOffUnit | None] = None
    prescribed_medicine: Code | None = None

    @model_validator(mode="after")
    def _has_unit(self) -> Self:
        """Refuse a number that could mean two things."""
        if (self.cut_off is None) is not (self.cut_off_unit is None):
            message = "a cut-off and its unit come together; the sender must give both or neither"
            raise ValueError(message)
        return self


class OfTest(PersonEvent):
    """What every event of one test says: which, under what, and whether the person agreed.

    A test has a requirement or the person's consent; without either nobody is told of it.
    """

    test_reference: Text
    requirement_id: Code | None = None
    consented: bool = False


class ResultExpected(OfTest):
    """A test is to be taken, and its result reported by a day."""

    requested_on: date
    report_by_on: date


class ResultReported(OfTest):
    """How a test ended; `test_on` is the day on which the sample was taken, or was to be."""

    test_on: date
    outcome: Choice[SampleOutcome]
    specimen: Choice[Specimen | None] = None
    method: Choice[Method | None] = None
    findings: Many[Finding] = ()

    @model_validator(mode="after")
    def _findings_fit(self) -> Self:
        """Refuse findings that contradict the outcome."""
        found = any(finding.is_positive for finding in self.findings)
        if found is not (self.outcome is SampleOutcome.POSITIVE):
            message = (
                "a test is positive where a finding is, and only there; the sender must say which"
            )
            raise ValueError(message)
        return self


SUBSTANCE_EVENTS: Final[dict[str, type[Event]]] = {
    "treatment.result_expected": ResultExpected,
    "treatment.result_reported": ResultReported,
}
