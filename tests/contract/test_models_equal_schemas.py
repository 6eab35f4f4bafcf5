"""Each event model says the same as its schema: fields, what is optional, and closed lists."""

from __future__ import annotations

import types
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import AwareDatetime, BaseModel
from world_said import MODELS

from schemas import catalogue

EVENT_TYPES = tuple(each for each in catalogue.types() if catalogue.schema_of(each).kind == "event")
PLAIN = {"string": str, "boolean": bool, "int": int, "long": int, "double": float}
LOGICAL: dict[str, type] = {"date": date, "timestamp-micros": AwareDatetime}


def described(annotation: Any) -> object:  # noqa: ANN401 - any annotation of a model
    """Describe the type of a model's field in plain values that a schema's can equal."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return described(arguments[0])
    if origin in {Union, types.UnionType}:
        inner = [each for each in arguments if each is not type(None)]
        assert len(inner) == 1, annotation
        return ("or null", described(inner[0])) if len(arguments) > 1 else described(inner[0])
    if origin is tuple:
        assert arguments[1] is Ellipsis, annotation
        return ("list of", described(arguments[0]))
    if issubclass(annotation, StrEnum):
        return ("one of", tuple(annotation))
    if issubclass(annotation, BaseModel):
        return {
            each.alias or name: (described(each.annotation), has_default(each))
            for name, each in annotation.model_fields.items()
        }
    return annotation


def has_default(info: Any) -> bool:  # noqa: ANN401 - pydantic's FieldInfo
    """Answer whether a record may leave the field out."""
    return not info.is_required()


def described_schema(schema: Any) -> object:  # noqa: ANN401 - any Avro
    """Describe a type of a schema in the same plain values."""
    if isinstance(schema, list):
        null, inner = schema
        assert null == "null", schema
        return ("or null", described_schema(inner))
    if isinstance(schema, str):
        return PLAIN[schema]
    if "logicalType" in schema:
        return LOGICAL[schema["logicalType"]]
    match schema["type"]:
        case "record":
            return {
                each["name"]: (described_schema(each["type"]), "default" in each)
                for each in schema["fields"]
            }
        case "enum":
            return ("one of", tuple(schema["symbols"]))
        case "array":
            return ("list of", described_schema(schema["items"]))
        case other:
            return PLAIN[other]


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_model_equals_its_schema(event_type: str) -> None:
    """A model has the fields, the optional ones and the symbols of its schema, and no other."""
    schema = catalogue.schema_of(event_type)
    assert described(MODELS[schema.family]) == described_schema(schema.tree)


def test_every_model_has_a_schema_and_every_schema_a_model() -> None:
    """No event type is only one of the two."""
    assert {catalogue.schema_of(each).family for each in EVENT_TYPES} == set(MODELS)


def test_a_difference_is_seen() -> None:
    """A schema with another symbol, field or optional field does not equal the model."""
    schema = catalogue.schema_of("case.risk_assessed.v1")
    model = described(MODELS["case.risk_assessed"])
    for change in ("symbols", "name", "default"):
        tree = _changed(schema.tree, change)
        assert described_schema(tree) != model, change


def _changed(tree: dict[str, Any], what: str) -> dict[str, Any]:
    """Return a schema with one thing of its last field, or of its first closed list, changed."""
    fields = [dict(each) for each in tree["fields"]]
    if what == "symbols":
        at = next(n for n, each in enumerate(fields) if each["name"] == "rosh")
        rosh = fields[at]["type"]
        fields[at]["type"] = {**rosh, "symbols": rosh["symbols"][:-1]}
    elif what == "name":
        fields[-1]["name"] = "another"
    else:
        del fields[-1]["default"]
    return {**tree, "fields": fields}
