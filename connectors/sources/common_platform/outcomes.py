"""What a court result means: a table by CJS code, by Common Platform result type, and by label.

A result that no row knows is `other` and keeps its label, so that nothing is dropped. The court's
words stay in the event beside the meaning: this table sorts results, it decides nothing about a
person.

Source: the names of the codes are the CJS result codes of the Ministry of Justice's standing data
(bichard7-next-data, output-data/data/result-code.json, read 2026-11-22) unless a section says
otherwise. Common Platform writes the same codes in `cjsCode`.
"""

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a result does: its outcome, the order it makes, the requirement it imposes."""

    outcome: str
    order: str | None = None
    requirement: str | None = None


ADJOURNED = Meaning("adjourned")
CONVICTED = Meaning("convicted")
OTHER = Meaning("other")

_ACQUITTED = Meaning("acquitted")
_BAIL_VARIED = Meaning("bail_varied")
_COMMUNITY = Meaning("order_made", order="community_order")
_CUSTODY = Meaning("custody", order="custody")
_DISCONTINUED = Meaning("discontinued")
_FINE = Meaning("fine")
_ON_BAIL = Meaning("remanded_on_bail")
_PROTECTIVE = Meaning("protective_order_made", order="protective_order")
_REMANDED = Meaning("remanded_in_custody")
_REVOKED = Meaning("order_revoked")
_SUSPENDED = Meaning("order_made", order="suspended_sentence_order")
_VARIED = Meaning("order_varied")
_WARRANT = Meaning("warrant_issued")
_YOUTH = Meaning("order_made", order="youth_order")


def _imposes(requirement: str) -> Meaning:
    """Return the meaning of a result that imposes a requirement of an order."""
    return Meaning("requirement_imposed", requirement=requirement)


_CODES: tuple[tuple[Meaning, str], ...] = (
    # 1116 community order; 1098, 1099 and 1102 are its forms before 2005.
    (_COMMUNITY, "1116 1098 1099 1102"),
    # 1115 suspended imprisonment, 1134 suspended sentence in a young offender institution,
    # 1089 suspended sentence supervision order.
    (_SUSPENDED, "1115 1134 1089"),
    # 1141 to 1143 youth rehabilitation order, 1097 referral order, 1083 reparation order.
    (_YOUTH, "1141 1142 1143 1097 1083"),
    # 1002 imprisonment, 1007 detention, 1024 young offender institution, 1081 detention and
    # training, 1110, 1111 and 1133 return to detention, prison and institution, 1114 under twelve
    # months, 1121 indeterminate, 1501 recall, 1507 suspended sentence put into operation,
    # 3223, 3224, 3226 and 3227 the same in full or reduced.
    (_CUSTODY, "1002 1007 1024 1081 1110 1111 1133 1114 1121 1501 1507 3223 3224 3226 3227"),
    # 1029 order revoked, 2512 and 1159 order discharged, 2093, 3214 and 3236 revoked on
    # application or on breach.
    (_REVOKED, "1029 2512 1159 2093 3214 3236"),
    # 1028 subsequently varied, 1030 varied, 1031 extended, 1032 amended, 1046 varied on appeal,
    # 1508, 3228 and 3229 suspended sentence varied, 3120 requirement removed, 3268 and 3269
    # suspended sentence reduced and varied. 1040 "to continue" changes nothing and is `other`.
    (_VARIED, "1028 1030 1031 1032 1046 1508 3228 3229 3120 3268 3269"),
    # 3047, 3081, 3145, 3260 and 3276 restraining orders, 3326 domestic abuse protection order,
    # 3306 and 3307 stalking protection orders, 1179, 1181, 3086 and 3090 sexual harm and sexual
    # offences prevention orders, 3088, 3091, 3281 and 3282 sexual risk orders, 3067
    # non-molestation, 3122 and 3123 violent offender, 1177 and 1178 criminal behaviour, 3304 and
    # 3305 knife crime prevention, 3284 and 3285 trafficking prevention, 3289 genital mutilation.
    (
        _PROTECTIVE,
        (
            "3047 3081 3145 3260 3276 3326 3306 3307 1179 1181 3086 3090 3088 3091 3281 3282 3067 "
            "3122 3123 1177 1178 3304 3305 3284 3285 3289"
        ),
    ),
    (_imposes("unpaid_work"), "3101"),
    # 3102 activity, 3126 extended activity, 3272 rehabilitation activity.
    (_imposes("rehabilitation_activity"), "3102 3126 3272"),
    (_imposes("programme"), "3103"),
    (_imposes("prohibited_activity"), "3104"),
    (_imposes("curfew"), "3105"),
    (_imposes("exclusion"), "3106"),
    (_imposes("residence"), "3107 3127"),
    (_imposes("mental_health_treatment"), "3108"),
    # 3109 drug rehabilitation, 3128 drug treatment, 3129 drug testing.
    (_imposes("drug_rehabilitation"), "3109 3128 3129"),
    (_imposes("alcohol_treatment"), "3110"),
    (_imposes("alcohol_abstinence"), "3146"),
    (_imposes("electronic_monitoring"), "3148"),
    # 3111 attendance centre, 3130 intoxicating substance, 3131 education, 3147 foreign travel,
    # 1044 supervision requirement of a child (Scotland).
    (_imposes("other"), "3111 3130 3131 3147"),
    # 4027, 4529, 4530 conditional bail, 4047, 4542, 4543 unconditional bail, 4061 on bail; and
    # remittals and committals for sentence or trial that say bail: 4011, 4013, 4014, 4015, 4031,
    # 4035, 4066, 4548, 4552, 4555, 4556, 4558, 4559, 4587, 4589.
    (
        _ON_BAIL,
        (
            "4027 4529 4530 4047 4542 4543 4061 4011 4013 4014 4015 4031 4035 4066 4548 4552 4555 "
            "4556 4558 4559 4587 4589"
        ),
    ),
    # 4028, 4531 to 4536, 4541 custody, 4029, 4030, 4537 to 4540 local authority or medical,
    # 4046, 4049 to 4051, 4055, 4058 youth detention; and remittals and committals that say
    # custody: 4012, 4016, 4017, 4020, 4021, 4032 to 4034, 4053, 4054, 4056, 4057, 4549 to 4551,
    # 4560 to 4564, 4588.
    (
        _REMANDED,
        (
            "4028 4531 4532 4533 4534 4535 4536 4541 4029 4030 4537 4538 4539 4540 4046 4049 4050 "
            "4051 4055 4058 4012 4016 4017 4020 4021 4032 4033 4034 4053 4054 4056 4057 4549 4550 "
            "4551 4560 4561 4562 4563 4564 4588"
        ),
    ),
    # 4572 bail review imposes or varies conditions, 4574 conditions varied, 4596 removed,
    # 4597 police bail varied.
    (_BAIL_VARIED, "4572 4574 4596 4597"),
    # 4575 to 4577 for the offence, backed for bail or not.
    (_WARRANT, "4575 4576 4577"),
    # 2004 not guilty, 2005 acquitted, 2006, 2050 and 2075 dismissed, 2016 not proven, 2064 no
    # case to answer, 2099 discharged as tried before, 2079, 2084, 2095 and 2100 conviction
    # quashed or appeal allowed, 2091 no evidence offered and acquitted.
    (_ACQUITTED, "2004 2005 2006 2050 2075 2016 2064 2099 2079 2084 2095 2100 2091"),
    # 2023 nolle prosequi, 2051, 2063, 2073, 2078 and 2094 withdrawn, 2053 discontinued, 2061,
    # 2097 and 2103 stayed, 2008 and 2090 lie on file, 2060 replaced, 2065 died, 2098 struck out.
    (_DISCONTINUED, "2023 2051 2063 2073 2078 2094 2053 2061 2097 2103 2008 2090 2060 2065 2098"),
    # 4506 adjournment, 4004 and 4005 sentence postponed and deferred, 4023 and 4024 remittal on
    # adjournment, 4553, 4554 and 4557 rescheduled, 2007 sine die.
    (ADJOURNED, "4506 4004 4005 4023 4024 4553 4554 4557 2007"),
    # 4578 and 4579 guilty, in absence or not, 4580 and 4581 guilty of a lesser offence.
    (CONVICTED, "4578 4579 4580 4581"),
    # 1015 fine, 1105 and 1106 fine or custody in default.
    (_FINE, "1015 1105 1106"),
)

BY_CODE: dict[str, Meaning] = {code: meaning for meaning, codes in _CODES for code in codes.split()}

# Common Platform's own result definitions, which stand where a producer leaves `cjsCode` out.
# Source: the public payloads of hmpps-electronic-monitoring-create-an-order-api.
BY_TYPE: dict[str, Meaning] = {
    "418b3aa7-65ab-4a4a-bab9-2f96b698118c": _COMMUNITY,
    "8b1cff00-a456-40da-9ce4-f11c20959084": _SUSPENDED,
    "db5e6d5a-337f-4a68-b060-35a644c913ef": _PROTECTIVE,
    "90d8268d-cc6a-4a09-bdb3-ddf8ea8ef2f9": _BAIL_VARIED,
    "06b4c31d-1b3d-4850-b64c-4cad870b3a25": _imposes("curfew"),
    "ce5f92f8-2b32-4364-964b-2ea4b6ec0cae": _imposes("rehabilitation_activity"),
    "d54c3093-6b9b-4b61-80cf-a0bf4ed5d2e8": _imposes("alcohol_abstinence"),
    "9b216a08-4df8-41c2-a947-66506cd1e1b5": _imposes("exclusion"),
}

# Assumed: labels are free reference data, so the words are the plain names of the same results.
# The first row whose words all stand in the label counts; what ends or changes an order therefore
# stands before what makes one, and a requirement before the tag that watches it.
BY_WORDS: tuple[tuple[str, Meaning], ...] = (
    ("electronic monitoring end", OTHER),
    ("refused", OTHER),
    ("variation bail", _BAIL_VARIED),
    ("varied bail", _BAIL_VARIED),
    ("vary bail", _BAIL_VARIED),
    ("suspended sentence activated", _CUSTODY),
    ("suspended sentence implemented", _CUSTODY),
    ("revoked", _REVOKED),
    ("revocation", _REVOKED),
    ("order varied", _VARIED),
    ("order variation", _VARIED),
    ("order amended", _VARIED),
    ("order extended", _VARIED),
    ("requirement removed", _VARIED),
    ("breach", OTHER),
    ("continue", OTHER),
    ("appeal", OTHER),
    ("warrant", _WARRANT),
    ("remanded custody", _REMANDED),
    ("remand custody", _REMANDED),
    ("remanded bail", _ON_BAIL),
    ("remand bail", _ON_BAIL),
    ("conditional bail", _ON_BAIL),
    ("unconditional bail", _ON_BAIL),
    ("not guilty", _ACQUITTED),
    ("acquitted", _ACQUITTED),
    ("dismissed", _ACQUITTED),
    ("withdrawn", _DISCONTINUED),
    ("discontinued", _DISCONTINUED),
    ("discontinuance", _DISCONTINUED),
    ("domestic abuse protection", _PROTECTIVE),
    ("restraining order", _PROTECTIVE),
    ("protection order", _PROTECTIVE),
    ("sexual harm prevention", _PROTECTIVE),
    ("sexual risk order", _PROTECTIVE),
    ("non-molestation", _PROTECTIVE),
    ("criminal behaviour order", _PROTECTIVE),
    ("suspended sentence", _SUSPENDED),
    ("community order", _COMMUNITY),
    ("youth rehabilitation order", _YOUTH),
    ("referral order", _YOUTH),
    ("rehabilitation activity", _imposes("rehabilitation_activity")),
    ("unpaid work", _imposes("unpaid_work")),
    ("alcohol abstinence", _imposes("alcohol_abstinence")),
    ("alcohol treatment", _imposes("alcohol_treatment")),
    ("drug rehabilitation", _imposes("drug_rehabilitation")),
    ("mental health treatment", _imposes("mental_health_treatment")),
    ("accredited programme", _imposes("programme")),
    ("programme requirement", _imposes("programme")),
    ("prohibited activity", _imposes("prohibited_activity")),
    ("curfew", _imposes("curfew")),
    ("exclusion", _imposes("exclusion")),
    ("residence requirement", _imposes("residence")),
    ("electronic monitoring", _imposes("electronic_monitoring")),
    ("imprisonment", _CUSTODY),
    ("detention", _CUSTODY),
    ("adjourned", ADJOURNED),
    ("next hearing", ADJOURNED),
    ("fine", _FINE),
    ("guilty", CONVICTED),
)


def meaning_of(cjs_code: str | None, type_id: str | None, label: str) -> Meaning:
    """Return what a result means: its code says it, else its type, else its label's words."""
    if (meaning := BY_CODE.get(cjs_code or "")) is not None:
        return meaning
    if (meaning := BY_TYPE.get((type_id or "").lower())) is not None:
        return meaning
    return meaning_of_label(label)


def meaning_of_label(label: str) -> Meaning:
    """Return the first row whose words all stand in the label, `other` where there is none."""
    words = set(label.lower().replace(",", " ").split())
    for phrase, meaning in BY_WORDS:
        if words.issuperset(phrase.split()):
            return meaning
    return OTHER
