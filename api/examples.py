"""One answer of each operation, as the description shows it. A test holds each against its shape."""

from typing import Any, Final

_REPORT: Final = "5f0c7a52-7c0e-4b0e-9d6c-0d8f0f4f6a01"
_INCIDENT: Final = "0b0b7a3e-52c9-4d3a-9d0e-6a1f1f5a6c11"
_MESSAGE: Final = "c3a9c1de-1f6b-4a57-8f53-0c9d0b2f7e21"
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
    "reference": "K7M2",
    "status": "open",
    "close_reason": None,
    "credibility": "unassessed",
    "category": "vehicle_theft",
    "protect": "none",
    "confidence": 90,
    "locality": "GN-C-DIX",
    "occurred_on": "2026-11-21",
    "day_basis": "said",
    "killed": None,
    "injured": None,
    "danger": False,
    "weight": 1,
    "incident": _INCIDENT,
    "desk": None,
    "review": None,
    "source": "citizen",
    "channel": "conakry",
    "recorded_at": "2026-11-22T08:59:58+00:00",
    "changed_at": "2026-11-22T08:59:58+00:00",
    "revision": 1,
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
    "changed_at": "2026-11-22T08:59:58+00:00",
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
                "why_fr": "signalement corrigé",
                "why_en": "report corrected",
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
        "sections": [{"code": "by_locality", "en": "By locality", "fr": "Par localité"}],
        "rows": [
            {
                "section": "by_locality",
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
                "last_three": [9, 12, 10],
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
                "raised_at": "2026-11-22T09:00:00+00:00",
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
                "labels": {"fr": "Vol", "en": "Theft"},
            }
        ]
    },
    "POST /v1/reports": {"message": _MESSAGE, "reference": "K7M2"},
    "GET /v1/reports": {
        "rows": [
            _A_REPORT,
            {
                "id": "9a5d6c1b-3c0e-4a86-8d6b-7b1c2f3e4a61",
                "deleted": True,
                "changed_at": "2026-11-22T09:10:00+00:00",
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
    "GET /v1/incidents": {"rows": [_AN_INCIDENT]},
    "GET /v1/incidents/{incident_id}": _WHOLE_INCIDENT,
    "PATCH /v1/incidents/{incident_id}": {**_WHOLE_INCIDENT, "injured": 3, "stated": ["injured"], "revision": 2},
    "POST /v1/incidents/{incident_id}/merge": _WHOLE_INCIDENT,
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
                "created_at": "2026-11-22T08:59:57+00:00",
                "sent_at": None,
            }
        ]
    },
    "POST /v1/messages/{message_id}/open": {"id": _MESSAGE, "body": "vol de moto à Dixinn hier soir"},
    "GET /v1/events": {
        "rows": [
            {
                "id": "d2a4e7f1-0b1c-4c3d-8e5f-6a7b8c9d0e71",
                "position": 4711,
                "name": "report.opened",
                "version": 1,
                "subject": _REPORT,
                "actor": "system",
                "recorded_at": "2026-11-22T08:59:58+00:00",
                "payload": {"status": "open", "category": "vehicle_theft", "locality": "GN-C-DIX", "protect": "none"},
            }
        ]
    },
    "GET /healthz": {"status": "alive"},
    "GET /readyz": {"status": "ready"},
}
