"""The specification's function: plain JSON in and out, so that acceptance data run as they are."""

from typing import Any

from attendance.engine.compute import compute
from attendance.engine.reading import Json, read
from attendance.engine.rows import Result, Row


def evaluate(data: Json, *, explain: bool = False) -> dict[str, Any]:
    """The specification's function: JSON in, JSON out. Raises UnreadableFacts.

    `explain` adds to every row the `steps` that made it.
    """
    answer = as_json(compute(read(data)), explain=explain)
    ids = {str(item["id"]): item["id"] for item in data.get("employees") or []}
    for item in [*answer["rows"], *answer["adjustments"]]:
        item["employee"] = ids[item["employee"]]
    return answer


def as_json(result: Result, *, explain: bool) -> dict[str, Any]:
    return {
        "rows": [_row(row) | ({"steps": row.steps} if explain else {}) for row in result.rows],
        "punch_exceptions": [
            {"at": item.text, "code": item.code} for item in result.punch_exceptions
        ],
        "adjustments": [
            {
                "employee": item.employee,
                "date": item.date.isoformat(),
                "into": item.into,
                "delta": dict(item.delta),
            }
            for item in result.adjustments
        ],
    }


def _row(row: Row) -> dict[str, Any]:
    """The specification's fields, and care hours where there are any."""
    care = {"care": row.care, "care_worked": row.care_worked}
    return {
        "employee": row.employee,
        "date": row.date.isoformat(),
        "period": row.period,
        "worked": row.worked,
        "regular": row.regular,
        "late": row.late,
        "early": row.early,
        "leave": row.leave,
        "credited": row.credited,
        "ot": dict(row.overtime),
        "night": row.night,
        "status": row.status,
        "exceptions": sorted(row.exceptions),
        "weighted": row.weighted,
    } | (care if any(care.values()) else {})
