"""Random companies in the specification's JSON: small, crowded, and at every edge at once."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

SHIFTS: dict[str, dict[str, Any]] = {
    "HC": {"start": "07:30", "end": "17:00", "breaks": [{"from": "11:30", "to": "13:00", "paid": False}]},
    "HC2": {
        "start": "08:00",
        "end": "17:31",
        "breaks": [
            {"from": "10:00", "to": "10:15", "paid": True},
            {"from": "12:00", "to": "12:45", "paid": False},
            {"from": "15:00", "to": "15:45", "paid": False},
        ],
    },
    "D": {"start": "22:00", "end": "06:00", "breaks": []},
    "DN": {
        "start": "21:30",
        "end": "06:30",
        "breaks": [
            {"from": "23:45", "to": "00:30", "paid": False},
            {"from": "03:00", "to": "03:20", "paid": False},
            {"from": "04:00", "to": "04:30", "paid": True},
        ],
    },
    "S": {"start": "06:00", "end": "10:01", "breaks": []},
    "T": {"start": "10:00", "end": "14:00", "breaks": []},
    "C": {"start": "14:00", "end": "18:00", "breaks": []},
    "QS": {"start": "17:30", "end": "20:45", "breaks": []},
    "24": {"start": "07:00", "end": "07:00", "breaks": [{"from": "12:00", "to": "13:00", "paid": True}, {"from": "01:00", "to": "04:00", "paid": False}]},
    "K": {"start": "00:00", "end": "08:00", "breaks": [{"from": "04:00", "to": "04:31", "paid": False}]},
}  # fmt: skip
PEOPLE = ["an", "bình", "chi"]
SITES = ["hl", "mc", "cp"]


def random_company(luck: Random) -> dict[str, Any]:
    """About a week of one to three people, often over the end of a month."""
    start = datetime.fromisoformat(luck.choice(["2026-10-29", f"2026-11-{luck.randint(2, 20):02}"]))
    days = luck.randint(2, 7)
    people = PEOPLE[: luck.choice([1, 1, 2, 3])]
    dates = [start + timedelta(days=n) for n in range(-1, days + 1)]

    def day(n: int | None = None) -> str:
        return (dates[luck.randrange(len(dates))] if n is None else dates[n]).date().isoformat()

    def moment(*, seconds: bool = False, around: bool = True) -> str:
        at = luck.choice(dates) + timedelta(minutes=luck.randrange(1440))
        if around and luck.random() < 0.75 and ends:
            at = luck.choice(ends) + timedelta(
                minutes=luck.choice(
                    [
                        0,
                        0,
                        1,
                        -1,
                        2,
                        7,
                        -7,
                        29,
                        30,
                        31,
                        -60,
                        60,
                        61,
                        -61,
                        90,
                        240,
                        -240,
                        -241,
                        480,
                        481,
                        luck.randint(-300, 500),
                    ]
                )
            )
        if seconds:
            at += timedelta(seconds=luck.choice([0, 0, 1, 30, 59]))
            return at.isoformat(timespec=luck.choice(["seconds", "seconds", "auto"]))
        return at.isoformat(timespec="minutes")

    calendar = {
        d.date().isoformat(): luck.choices(["work", "rest", "holiday"], [6, 2, 2])[0]
        for d in dates[1:-1]
    }
    codes = luck.sample(sorted(SHIFTS), luck.randint(1, 4))
    roster = [
        {"employee": person, "date": d.date().isoformat(), "shift": code}
        for person in people
        for d in dates
        for code in luck.sample(
            codes, min(len(codes), luck.choices([0, 1, 2, 3], [2, 6, 2, 0.4])[0])
        )
    ]
    ends: list[datetime] = []
    for entry in roster:
        shift = SHIFTS[entry["shift"]]
        first = datetime.fromisoformat(f"{entry['date']}T{shift['start']}")
        last = datetime.fromisoformat(f"{entry['date']}T{shift['end']}")
        ends += [first, last if last > first else last + timedelta(days=1)]
    employees = []
    for person in people:
        join, leave = "2020-01-01", None
        if luck.random() < 0.2:
            join = day()
        if luck.random() < 0.2:
            leave = day()
        if leave is not None and leave < join:
            leave = join
        employees.append(
            {"id": person, "join": join, "leave": leave, "site": luck.choice(SITES[:2])}
        )

    def absences(count: int) -> list[dict[str, Any]]:
        found = []
        for _ in range(count):
            entry = luck.choice(roster) if roster and luck.random() < 0.8 else None
            item: dict[str, Any] = {
                "employee": entry["employee"] if entry else luck.choice(people),
                "date": entry["date"] if entry else day(),
                "code": "P",
            }
            how = luck.random()
            if how < 0.7:
                item["part"] = luck.choice(["full", "am", "pm"])
            elif how < 0.9:
                first = luck.randrange(0, 1440, luck.choice([1, 30, 60]))
                last = (first + luck.randint(10, 400)) % 1440
                item |= {
                    "from": f"{first // 60:02}:{first % 60:02}",
                    "to": f"{last // 60:02}:{last % 60:02}",
                }
            else:
                first_at = datetime.fromisoformat(item["date"]) + timedelta(
                    minutes=luck.randrange(2000)
                )
                item |= {
                    "from": first_at.isoformat(timespec="minutes"),
                    "to": (first_at + timedelta(minutes=luck.randint(5, 500))).isoformat(
                        timespec="minutes"
                    ),
                }
            found.append(item)
        return found

    overtime = []
    for _ in range(luck.choice([0, 0, 1, 2, 3])):
        first_at = datetime.fromisoformat(moment())
        if ends and luck.random() < 0.4:
            first_at = luck.choice(ends)
        length = luck.choice([20, 29, 30, 31, 60, 90, 150, 240, 480, luck.randint(5, 700)])
        if luck.random() < 0.3:
            first_at -= timedelta(minutes=length)
        overtime.append(
            {
                "employee": luck.choice(people),
                "from": first_at.isoformat(timespec="minutes"),
                "to": (first_at + timedelta(minutes=length)).isoformat(timespec="minutes"),
            }
        )
        if luck.random() < 0.8:
            ends += [first_at, first_at + timedelta(minutes=length)]
    terminals = {
        f"m{n}": {
            "site": luck.choice(SITES[:2]) if luck.random() < 0.5 else "hl",
            "offset_seconds": luck.choice(
                [0, 0, 0, 30, -30, 59, 119, 120, -120, 121, 3600, -3601, 90]
            ),
        }
        for n in range(1, luck.randint(2, 4))
    }
    device_users = []
    if luck.random() < 0.4:
        change = day()
        before = (datetime.fromisoformat(change) - timedelta(days=1)).date().isoformat()
        device_users = [
            {"uid": "7", "employee": people[0], "from": "2020-01-01", "to": before},
            {"uid": "7", "employee": people[-1], "from": change, "to": None},
            {"uid": "8", "employee": people[0], "from": day(), "to": None},
        ]
    punches: list[dict[str, Any]] = []

    def punch(at: str, person: str) -> None:
        record: dict[str, Any] = {"at": at, "terminal": luck.choice(sorted(terminals))}
        if device_users and luck.random() < 0.3:
            record["uid"] = luck.choice(["7", "8", "9"])
        else:
            record["employee"] = person if luck.random() < 0.98 else "nobody"
        how = luck.random()
        if how < 0.15:
            received = datetime.fromisoformat(at) + timedelta(
                seconds=luck.choice([-7200, -360, -301, -300, -299, -60, 0, 30, 86400, 86400 * 5])
            )
            record["received"] = received.isoformat()
        elif how < 0.4 and luck.random() < 0.8:
            record["received"] = (
                f"2026-{luck.choice(['11', '12'])}-{luck.choice(['05', '15'])}T08:00"
            )
        punches.append(record)

    for entry in roster:
        shift = SHIFTS[entry["shift"]]
        came = datetime.fromisoformat(f"{entry['date']}T{shift['start']}")
        went = datetime.fromisoformat(f"{entry['date']}T{shift['end']}")
        if went <= came:
            went += timedelta(days=1)
        for side, sign in ((came, -1), (went, 1)):
            if luck.random() < 0.7:
                at = side + timedelta(
                    minutes=sign * luck.randint(-15, 10), seconds=luck.choice([0, 5, 59])
                )
                punch(at.isoformat(), entry["employee"])
                if luck.random() < 0.15:
                    punch(
                        (
                            at + timedelta(seconds=luck.choice([0, 20, 60, 120, 121, 180]))
                        ).isoformat(),
                        entry["employee"],
                    )
    for _ in range(luck.choice([0, 1, 2, 4, 8])):
        punch(moment(seconds=True), luck.choice(people))
    if luck.random() < 0.05:
        punch("2005-01-01T07:30:00", people[0])
    settings: dict[str, Any] = {}
    choices: dict[str, list[Any]] = {
        "dup_minutes": [0, 1, 2, 5],
        "min_span": [0, 1, 30, 90],
        "window_before": [60, 240, 241, 400],
        "window_after": [30, 480, 481, 600],
        "chain_gap": [0, 30, 60, 61, 240],
        "late_grace": [0, 5, 15],
        "early_grace": [0, 5, 15],
        "pairing": ["first_last", "pairs", "pairs"],
        "ot_requires_approval": [True, False, False],
        "ot_min": [0, 1, 30, 60],
        "ot_block": [1, 15, 30, 60],
        "extra_alert": [1, 60, 120],
        "drift_alert_seconds": [60, 120, 121],
        "normal_regime": ["day", "week"],
        "ot_month_cap_hours": [1, 40],
        "ot_year_cap_hours": [2, 200],
    }
    for name, values in choices.items():
        if luck.random() < 0.2:
            settings[name] = luck.choice(values)
    facts: dict[str, Any] = {
        "settings": settings,
        "employees": employees,
        "terminals": terminals,
        "device_users": device_users,
        "shifts": {code: SHIFTS[code] for code in codes},
        "calendar": calendar,
        "roster": roster,
        "swaps": [
            {"date": day(), "a": a, "b": b}
            for a, b in [luck.sample(people, 2) for _ in range(luck.choice([0, 1, 2]))]
        ]
        if len(people) > 1
        else [],
        "leaves": absences(luck.choice([0, 0, 1, 2])),
        "trips": absences(luck.choice([0, 0, 0, 1, 2])),
        "overtime_approved": overtime,
        "punches": punches,
    }
    if luck.random() < 0.3:
        facts["overtime_before"] = {
            "month": luck.choice([0, 2300, 2400]),
            "year": luck.choice([0, 11900]),
        }
    if luck.random() < 0.4:
        locks = {"2026-10": "2026-11-04T00:00", "2026-11": "2026-12-03T00:00:30"}
        if luck.random() < 0.5:
            del locks[luck.choice(sorted(locks))]
        facts["locks"] = locks
    for key in ("punches", "roster", "leaves", "trips", "overtime_approved", "swaps"):
        if facts[key] and luck.random() < 0.1:
            facts[key].append(dict(luck.choice(facts[key])))
        luck.shuffle(facts[key])
    return facts


def told_wholly(luck: Random) -> dict[str, Any]:
    """A random company whose every date has a row that stays open, and punches that tell their way."""
    facts = random_company(luck)
    facts.pop("locks", None)
    first = date(2026, 10, 20)
    for day in (first + timedelta(days=n) for n in range(50)):
        facts["calendar"].setdefault(day.isoformat(), "work")
    if luck.random() < 0.3:
        facts["settings"]["pairing"] = "directed"
        facts["punches"] = [p | {"way": luck.choice(["in", "out", None])} for p in facts["punches"]]
    return facts
