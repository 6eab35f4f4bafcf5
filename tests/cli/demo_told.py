"""Whom the demo tells of each event: the list by which its test holds it."""

from typing import Final

TOLD_OF: Final = {
    "night-callout.jsonl": [[]],
    "overlooked-callout.jsonl": [
        [("DTV0142", "responsible_officer", "domestic_abuse_callout_suspect", "raised")]
    ],
    "arrest.jsonl": [[("NE0255", "cover", "new_offence", "raised")]],
    "covert-arrest.jsonl": [[("NE0233", "responsible_officer", "new_offence", "raised")]],
    "weekend-list.jsonl": [[], [], [("NE0900", "duty_desk", "identity_held", "raised")], []],
    "same-id-other-content.jsonl": [[]],
    "charge.jsonl": [[("DTV0151", "responsible_officer", "new_offence", "raised")]],
    "court-listing.json": [[("DTV0151", "responsible_officer", "new_offence", "update")]],
    "court-result.json": [
        [
            ("NE0255", "responsible_officer", "new_offence", "raised"),
            ("NE0910", "allocation_desk", "new_order", "raised"),
        ]
    ],
    "checks-asked.jsonl": [
        [("NE0255", "mash_probation_officer", "safeguarding_check_request", "raised")],
        [],
    ],
    "programme.jsonl": [
        [],
        [("NE0233", "responsible_officer", "programme_session", "raised")],
        [("DTV0151", "responsible_officer", "programme_session", "raised")],
    ],
    "drug-tests.jsonl": [
        [("NE0255", "responsible_officer", "substance_test_positive", "raised")],
        [],
        [("NE0255", "cover", "substance_test_not_completed", "raised")],
    ],
    "not-for-provider.jsonl": [
        [("DTV0151", "responsible_officer", "contact_originator", "raised")]
    ],
    "next-year.jsonl": [[("NE0255", "cover", "new_offence", "update")]],
    "caution.jsonl": [[("DTV0142", "responsible_officer", "new_offence", "raised")]],
    "check-replied.jsonl": [
        [
            ("DTV0142", "responsible_officer", "safeguarding_check_reply", "raised"),
            ("NE0255", "mash_probation_officer", "safeguarding_check_request", "withdraw"),
        ]
    ],
    "retraction.jsonl": [[("DTV0142", "responsible_officer", "new_offence", "withdraw")]],
    "restricted-arrest.jsonl": [[("NE0210", "manager", "new_offence", "raised")]],
    "reassignment.jsonl": [
        [
            ("DTV0142", "responsible_officer", "new_offence", "hand_over"),
            ("DTV0142", "responsible_officer", "case_assigned", "raised"),
            ("DTV0151", "named_officer", "case_handed_over", "raised"),
            ("DTV0107", "manager", "checks_never_asked", "raised"),
        ]
    ],
    "evening-callout.jsonl": [
        [
            ("DTV0142", "responsible_officer", "domestic_abuse_callout_suspect", "raised"),
            ("DTV0107", "manager", "repeat_domestic_abuse_callouts", "raised"),
        ],
        [("NE0233", "responsible_officer", "domestic_abuse_callout_victim", "raised")],
    ],
}
"""Who is told of each event of each file, worked out by hand from the rules."""
