"""One answer of each operation, as the description shows it. Tests hold each against its shape and, where it names what
there is, against that.
"""

from typing import Any, Final

from figures.revisions import WHY
from figures.sheet import SECTIONS

_REPORT: Final = "5f0c7a52-7c0e-4b0e-9d6c-0d8f0f4f6a01"
_INCIDENT: Final = "0b0b7a3e-52c9-4d3a-9d0e-6a1f1f5a6c11"
_MESSAGE: Final = "c3a9c1de-1f6b-4a57-8f53-0c9d0b2f7e21"
_PLACE: Final = "1f9a4c7e-2b6d-4e80-9c35-6a7d8e0f1b24"
_COUNTS: Final = "texts received, not crimes committed"
_AS_OF: Final = "2026-11-22T09:00:00Z"
_MONTH: Final = {"period": "2026-11", "start": "2026-11-01", "end": "2026-11-30"}
_WEEK: Final = {"period": "2026-W47", "start": "2026-11-16", "end": "2026-11-22"}
_MEASURES: Final = {
    "reports": 12,
    "incidents": 11,
    "killed": 0,
    "injured": 1,
    "confirmed": 3,
    "referred": 4,
    "resolved": 2,
    "waiting": 0,
    "messages": 0,
}
_A_REPORT: Final[dict[str, Any]] = {
    "id": _REPORT,
    "reference": "K7M2QX",
    "status": "open",
    "close_reason": None,
    "credibility": "unassessed",
    "category": "vehicle_theft",
    "protect": "none",
    "confidence": 90,
    "locality": "GN-C-DIX",
    "occurred_on": "2026-11-21",
    "place_basis": "said",
    "day_basis": "said",
    "killed": None,
    "injured": None,
    "victim": None,
    "setting": "road",
    "part_of_day": "evening",
    "by": "unknown",
    "danger": False,
    "weight": 1,
    "incident": _INCIDENT,
    "desk": None,
    "review": None,
    "source": "citizen",
    "channel": "conakry",
    "recorded_at": "2026-11-22T08:59:58Z",
    "changed_at": "2026-11-22T08:59:58Z",
    "revision": 1,
}
_TERM: Final = {
    "id": "7a1d6b0e-3c55-4d0e-8a8f-5b9c3f6a2d11",
    "category": "theft",
    "phrase": "a pris mon sac",
    "language": "fr",
    "created_at": "2026-11-22T08:59:58Z",
}
_UNDER_REVIEW: Final[dict[str, Any]] = {
    "id": _REPORT,
    "of": "report",
    "reason": "several-categories",
    "danger": False,
    "protect": "none",
    "reference": _A_REPORT["reference"],
    "status": "open",
    "kind": "report",
    "category": None,
    "confidence": None,
    "locality": "GN-C-DIX",
    "place_basis": "said",
    "occurred_on": "2026-11-21",
    "day_basis": "said",
    "killed": None,
    "injured": None,
    "victim": "woman",
    "setting": "market",
    "part_of_day": None,
    "by": None,
    "categories": [{"category": "robbery", "percent": 54}, {"category": "theft", "percent": 31}],
    "places": [],
    "message": _MESSAGE,
    "channel": "conakry",
    "recorded_at": "2026-11-22T08:59:58Z",
    "etag": '"0c1e7b2f5a9d4e6f8b3a1c5d7e9f0a2b"',
}
_AN_INCIDENT: Final[dict[str, Any]] = {
    "id": _INCIDENT,
    "category": "vehicle_theft",
    "locality": "GN-C-DIX",
    "occurred_on": "2026-11-21",
    "killed": 0,
    "injured": 0,
    "weight": 1,
    "counts": True,
    "stated": [],
    "changed_at": "2026-11-22T08:59:58Z",
    "revision": 1,
}
_WHOLE_INCIDENT: Final = {**_AN_INCIDENT, "reports": [_REPORT]}
_LOCALITY: Final = {
    "code": "GN-C-DIX",
    "name": "Dixinn",
    "level": 2,
    "parent": "GN-C",
    "timezone": "Africa/Conakry",
    "emergency_number": "117",
}
_NOTE: Final = {
    "id": "7d9d3f0a-2f3b-4a59-b7c1-5a6a0c3c9e41",
    "locality": "GN-C",
    "from": "2026-11-02",
    "to": "2026-11-06",
    "kind": "radio",
    "note": "Daily call-in show about the service",
}

_FORM: Final[dict[str, Any]] = {
    "version": 1,
    "code": "OB",
    "title": {"fr": "Observation", "en": "Observation"},
    "kind": "form",
    "number": "optional",
    "fields": [
        {
            "tag": "A",
            "label": {"fr": "morts", "en": "killed"},
            "type": "integer",
            "required": True,
            "min": None,
            "max": 50,
            "choices": [],
        },
        {
            "tag": "L",
            "label": {"fr": "lieu", "en": "place"},
            "type": "place",
            "required": False,
            "min": None,
            "max": None,
            "choices": [],
        },
    ],
    "report": {
        "category": "road_crash",
        "category_from": None,
        "place": "L",
        "day": None,
        "killed": "A",
        "injured": None,
    },
    "period": None,
    "expected": None,
}
_ENROLLED: Final[dict[str, Any]] = {
    "id": "b7f0f7de-0f0a-4a7b-9a35-5e6a1c4c7a21",
    "kind": "officer",
    "unit": "CSP Dixinn",
    "locality": "GN-C-DIX",
    "enrolled_at": "2026-11-01T08:00:00Z",
    "suspended": False,
}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "GET /v1/aggregates": {
        "as_of": _AS_OF,
        "counts": _COUNTS,
        "start": "2026-11-01",
        "end": "2026-11-30",
        "rows": [
            {
                "locality": "GN-C-DIX",
                "category": "theft",
                **_MONTH,
                **_MEASURES,
                "reporters": None,
                "reporters_band": "5-19",
                "final": False,
            }
        ],
    },
    "GET /v1/participation": {
        "as_of": _AS_OF,
        "counts": _COUNTS,
        "start": "2026-11-01",
        "end": "2026-11-30",
        "rows": [
            {
                "locality": "GN-C-DIX",
                "name": "Dixinn",
                **_MONTH,
                "population": 135000,
                "population_year": 2024,
                "messages": None,
                "messages_band": "20+",
                "reporters": None,
                "reporters_band": "5-19",
                "messages_per_10000": None,
                "messages_per_10000_band": "1-4",
                "reporters_per_10000": None,
                "reporters_per_10000_band": "<1",
                "busiest_share": None,
                "busiest_share_band": "under a quarter",
                "heard": "heard",
                "silent_since": None,
                "sub_localities": 0,
                "sub_localities_heard": 0,
                "completeness": 1.0,
                "final": False,
            }
        ],
    },
    "GET /v1/revisions": {
        "as_of": _AS_OF,
        "counts": _COUNTS,
        "closes_after_days": 30,
        "rows": [
            {
                "as_of": "2026-11-20T08:00:00Z",
                "locality": "GN-C-DIX",
                "locality_name": "Dixinn",
                "category": "theft",
                "category_label": "Theft",
                "day": "2026-09-14",
                "period": "2026-09",
                "why": "report.corrected",
                "why_en": WHY["report.corrected"][0],
                "why_fr": WHY["report.corrected"][1],
                **_MEASURES,
                "reports": -1,
                "incidents": -1,
                "injured": 0,
                "confirmed": 0,
                "referred": 0,
                "resolved": 0,
            }
        ],
    },
    "GET /v1/indicators": {
        "quarter": "2026-Q3",
        "start": "2026-07-01",
        "end": "2026-09-30",
        "final": True,
        "as_of": _AS_OF,
        "counts": _COUNTS,
        "sections": [{"code": code, **words._asdict()} for code, words in SECTIONS.items()],
        "rows": [
            {
                "section": "locality",
                "indicator": "reports_by_locality",
                "label_en": "By locality: reports",
                "label_fr": "Par localité : signalements",
                "locality": "GN-C",
                "locality_name": "Conakry",
                "category": None,
                "category_label": None,
                "source": None,
                "value": 214,
                "unit": "reports",
                "note": None,
            }
        ],
    },
    "GET /v1/expected": {
        "counts": _COUNTS,
        "rows": [
            {
                "locality": "GN-C-MTT",
                "category": "theft",
                **_WEEK,
                "incidents": 34,
                "expected": 10.2,
                "low": 2.6,
                "high": 20.9,
                "state": "more",
                "last_three": None,
                "set_aside_by": [],
            }
        ],
    },
    "GET /v1/signals": {
        "counts": _COUNTS,
        "rows": [
            {
                "id": "1f0d8b6e-6d0b-4df5-9c75-3b1f2c6b7d51",
                "locality": "GN-C-MTT",
                "category": "theft",
                **_WEEK,
                "direction": "more",
                "incidents": 34,
                "expected": 10.2,
                "low": 2.6,
                "high": 20.9,
                "raised_at": "2026-11-22T09:00:00Z",
            }
        ],
    },
    "GET /v1/calendar": {"rows": [_NOTE]},
    "POST /v1/calendar": _NOTE,
    "GET /v1/localities": {"rows": [_LOCALITY]},
    "GET /v1/localities/{code}": _LOCALITY,
    "GET /v1/categories": {
        "rows": [
            {
                "code": "theft",
                "parent": None,
                "protect": "none",
                "merged_into": None,
                "merged_since": None,
                "danger": "no",
                "labels": {"en": "Theft", "fr": "Vol", "es": "Hurto", "sw": "Wizi"},
            }
        ]
    },
    "POST /v1/reports": {"message": _MESSAGE, "reference": "K7M2QX"},
    "GET /v1/reports": {
        "rows": [
            _A_REPORT,
            {
                "id": "9a5d6c1b-3c0e-4a86-8d6b-7b1c2f3e4a61",
                "deleted": True,
                "changed_at": "2026-11-22T09:10:00Z",
            },
        ]
    },
    "GET /v1/reports/{report_id}": _A_REPORT,
    "PATCH /v1/reports/{report_id}": {**_A_REPORT, "credibility": "confirmed", "revision": 2},
    "POST /v1/reports/{report_id}/transitions": {
        **_A_REPORT,
        "status": "closed",
        "close_reason": "handled",
        "revision": 2,
    },
    "GET /v1/review": {"rows": [_UNDER_REVIEW]},
    "POST /v1/review/{item_id}": {"id": _REPORT, "listed": False, "report": _A_REPORT},
    "POST /v1/review/{item_id}/example": {"id": _REPORT, "kept": False, "text": "vol de moto, appelez <number>"},
    "GET /v1/unknown-places": {
        "rows": [
            {
                "id": _PLACE,
                "name": "Bambeto",
                "texts": 7,
                "near": ["GN-C-RAT"],
                "first_at": "2026-11-02T17:20:11Z",
                "last_at": "2026-11-22T08:59:58Z",
            }
        ]
    },
    "POST /v1/unknown-places/{place_id}": {"id": _PLACE, "name": "Bambeto", "locality": "GN-C-RAT", "placed": 2},
    "GET /v1/incidents": {"rows": [_AN_INCIDENT]},
    "GET /v1/incidents/{incident_id}": _WHOLE_INCIDENT,
    "PATCH /v1/incidents/{incident_id}": {**_WHOLE_INCIDENT, "injured": 3, "stated": ["injured"], "revision": 2},
    "POST /v1/incidents/{incident_id}/merge": {
        **_WHOLE_INCIDENT,
        "reports": [_REPORT, "2d4b8f0e-7a1c-4b7e-8f3d-5e6c9a0b1d21"],
        "revision": 2,
    },
    "GET /v1/messages": {
        "rows": [
            {
                "id": _MESSAGE,
                "direction": "in",
                "channel": "conakry",
                "report": _REPORT,
                "in_reply_to": None,
                "kind": "report",
                "purpose": None,
                "status": None,
                "error_code": None,
                "language": "fr",
                "media": 0,
                "late": False,
                "review": None,
                "created_at": "2026-11-22T08:59:57Z",
                "sent_at": None,
            }
        ]
    },
    "POST /v1/messages/{message_id}/open": {
        "id": _MESSAGE,
        "body": "vol de moto à Dixinn hier soir",
        "because": ["vol", "moto"],
        "unknown_places": [],
    },
    "GET /v1/lexicon": {"rows": [_TERM]},
    "POST /v1/lexicon": _TERM,
    "POST /v1/lexicon/preview": {
        "texts": 1000,
        "rows": [{"message": _MESSAGE, "reference": _A_REPORT["reference"], "old": None, "new": "theft"}],
    },
    "GET /v1/forms": {"rows": [_FORM]},
    "POST /v1/forms": _FORM,
    "GET /v1/forms/{code}": _FORM,
    "GET /v1/forms/{code}/completeness": {
        "rows": [
            {
                "locality": "GN-C-DIX",
                "period": "2026-W47",
                "start": "2026-11-16",
                "end": "2026-11-22",
                "expected": 2,
                "reported": 1,
                "complete": 1,
                "units": [
                    {"unit": "CSP Dixinn", "kind": "officer", "status": "complete", "reporter": None},
                    {"unit": "Poste de Landréah", "kind": "officer", "status": None, "reporter": None},
                ],
            }
        ]
    },
    "GET /v1/observations": {
        "rows": [
            {
                "id": "9a1f0c1e-8a35-4d7c-8f57-2f7f1c1b9d31",
                "form": "OB",
                "version": 1,
                "number": 104,
                "status": "partial",
                "values": {"L": "GN-C-DIX"},
                "problems": {"A": "range"},
                "missing": [],
                "locality": "GN-C-DIX",
                "day": "2026-11-22",
                "source": "officer",
                "on_behalf": False,
                "protect": "none",
                "report": _REPORT,
                "message": _MESSAGE,
                "opened_at": "2026-11-22T08:59:58Z",
                "changed_at": "2026-11-22T08:59:58Z",
                "revision": 1,
            }
        ]
    },
    "GET /v1/reporters": {"rows": [_ENROLLED]},
    "POST /v1/reporters": _ENROLLED,
    "PATCH /v1/reporters/{reporter_id}": {**_ENROLLED, "suspended": True},
    "GET /v1/events": {
        "rows": [
            {
                "id": "d2a4e7f1-0b1c-4c3d-8e5f-6a7b8c9d0e71",
                "position": 4711,
                "name": "report.opened",
                "version": 1,
                "subject": _REPORT,
                "actor": "system",
                "recorded_at": "2026-11-22T08:59:58Z",
                "payload": {
                    "status": "open",
                    "close_reason": None,
                    "credibility": "unassessed",
                    "protect": "none",
                    "danger": False,
                    "category": "vehicle_theft",
                    "locality": "GN-C-DIX",
                    "home": None,
                    "place_basis": "said",
                    "day": "2026-11-21",
                    "day_basis": "said",
                    "weight": 1,
                    "killed": None,
                    "injured": None,
                    "victim": None,
                    "setting": None,
                    "part_of_day": "evening",
                    "by": None,
                    "source": "citizen",
                    "desk": None,
                    "incident": _INCIDENT,
                    "revision": 1,
                },
            }
        ]
    },
    "GET /healthz": {"status": "alive"},
    "GET /readyz": {"status": "ready"},
}
