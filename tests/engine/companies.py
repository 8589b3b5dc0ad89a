"""Random companies in the specification's JSON: small, crowded, and at every edge at once."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]


def pause(start: str, end: str, *, paid: bool = False) -> Json:
    return {"from": start, "to": end, "paid": paid}


def shift(start: str, end: str, *pauses: Json) -> Json:
    return {"start": start, "end": end, "breaks": list(pauses)}


SHIFTS = {
    "HC": shift("07:30", "17:00", pause("11:30", "13:00")),
    "HC2": shift(
        "08:00",
        "17:31",
        pause("10:00", "10:15", paid=True),
        pause("12:00", "12:45"),
        pause("15:00", "15:45"),
    ),
    "D": shift("22:00", "06:00"),
    "DN": shift(
        "21:30",
        "06:30",
        pause("23:45", "00:30"),
        pause("03:00", "03:20"),
        pause("04:00", "04:30", paid=True),
    ),
    "S": shift("06:00", "10:01"),
    "T": shift("10:00", "14:00"),
    "C": shift("14:00", "18:00"),
    "QS": shift("17:30", "20:45"),
    "24": shift("07:00", "07:00", pause("12:00", "13:00", paid=True), pause("01:00", "04:00")),
    "K": shift("00:00", "08:00", pause("04:00", "04:31")),
}
SETTINGS: dict[str, list[Any]] = {
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
PEOPLE = ["an", "bình", "chi"]
#: Minutes from a start or an end of work at which rules change.
EDGES = [
    0, 0, 1, -1, 2, 7, -7, 29, 30, 31, -60, 60, 61, -61, 90, 240, -240, -241, 480, 481,
]  # fmt: skip
OFFSETS = [0, 0, 0, 30, -30, 59, 119, 120, -120, 121, 3600, -3601, 90]
LENGTHS = [20, 29, 30, 31, 60, 90, 150, 240, 480]
#: Lists in which a record may come twice, and in any order.
LISTS = ("punches", "roster", "leaves", "trips", "overtime_approved", "swaps")


def random_company(luck: Random) -> Json:
    """About a week of one to three people, often over the end of a month."""
    return _Company(luck).facts()


def told_wholly(luck: Random) -> Json:
    """A company whose every date has a row that stays open, with punches that tell their way and
    shifts that may begin later, care hours, and rest days of one's own."""
    facts = random_company(luck)
    facts.pop("locks", None)
    first = date(2026, 10, 20)
    for day in (first + timedelta(days=n) for n in range(50)):
        facts["calendar"].setdefault(day.isoformat(), "work")
    if luck.random() < 0.3:
        facts["settings"]["pairing"] = "directed"
        facts["punches"] = [p | {"way": luck.choice(["in", "out", None])} for p in facts["punches"]]
    if luck.random() < 0.3:
        facts["shifts"] = {code: told | {"flex": 30} for code, told in facts["shifts"].items()}
    if luck.random() < 0.3:
        held = {"from": "2026-10-01", "to": "2026-12-31", "paid_if_worked": luck.random() < 0.5}
        facts["care"] = [
            {"employee": who["id"], "minutes": luck.choice([30, 60]), **held}
            | {"place": luck.choice(["start", "end", "spread"])}
            for who in facts["employees"]
        ]
    if luck.random() < 0.3:
        facts["own_days"] = [
            {"employee": who["id"], "date": day, "kind": luck.choice(["work", "rest"])}
            for who in facts["employees"]
            for day in facts["calendar"]
        ]
    return facts


def span_of(entry: Json) -> tuple[datetime, datetime]:
    """From when to when a roster entry's shift lasts."""
    told = SHIFTS[entry["shift"]]
    first = datetime.fromisoformat(f"{entry['date']}T{told['start']}")
    last = datetime.fromisoformat(f"{entry['date']}T{told['end']}")
    return first, last if last > first else last + timedelta(days=1)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


class _Company:
    """One company while it is made; the dates reach a day beyond the calendar on either side."""

    def __init__(self, luck: Random) -> None:
        self.luck = luck
        start = luck.choice(["2026-10-29", f"2026-11-{luck.randint(2, 20):02}"])
        first = datetime.fromisoformat(start) - timedelta(days=1)
        self.dates = [first + timedelta(days=n) for n in range(luck.randint(4, 9))]
        self.people = PEOPLE[: luck.choice([1, 1, 2, 3])]
        self.codes = luck.sample(sorted(SHIFTS), luck.randint(1, 4))
        self.roster = self._roster()
        self.edges = [edge for entry in self.roster for edge in span_of(entry)]
        self.overtime = [self._overtime() for _ in range(luck.choice([0, 0, 1, 2, 3]))]
        self.terminals = self._terminals()
        self.device_users = self._device_users() if luck.random() < 0.4 else []

    def facts(self) -> Json:
        luck = self.luck
        facts: Json = {
            "settings": {n: luck.choice(v) for n, v in SETTINGS.items() if luck.random() < 0.2},
            "employees": [self._employee(person) for person in self.people],
            "terminals": self.terminals,
            "device_users": self.device_users,
            "shifts": {code: SHIFTS[code] for code in self.codes},
            "calendar": {day.date().isoformat(): self._kind() for day in self.dates[1:-1]},
            "roster": self.roster,
            "swaps": self._swaps(),
            "leaves": [self._absence() for _ in range(luck.choice([0, 0, 1, 2]))],
            "trips": [self._absence() for _ in range(luck.choice([0, 0, 0, 1, 2]))],
            "overtime_approved": self.overtime,
            "punches": self._punches(),
            **self._before(),
            **self._locks(),
        }
        for name in LISTS:
            if facts[name] and luck.random() < 0.1:
                facts[name].append(dict(luck.choice(facts[name])))
            luck.shuffle(facts[name])
        return facts

    def _day(self) -> str:
        return self.luck.choice(self.dates).date().isoformat()

    def _kind(self) -> str:
        return self.luck.choices(["work", "rest", "holiday"], [6, 2, 2])[0]

    def _roster(self) -> list[Json]:
        luck, most = self.luck, len(self.codes)
        return [
            {"employee": person, "date": day.date().isoformat(), "shift": code}
            for person in self.people
            for day in self.dates
            for code in luck.sample(
                self.codes, min(most, luck.choices([0, 1, 2, 3], [2, 6, 2, 0.4])[0])
            )
        ]

    def _employee(self, person: str) -> Json:
        luck = self.luck
        join = self._day() if luck.random() < 0.2 else "2020-01-01"
        leave = max(self._day(), join) if luck.random() < 0.2 else None
        return {"id": person, "join": join, "leave": leave, "site": luck.choice(["hl", "mc"])}

    def _terminals(self) -> dict[str, Json]:
        luck = self.luck
        return {
            f"m{number}": {
                "site": luck.choice(["hl", "hl", "mc"]),
                "offset_seconds": luck.choice(OFFSETS),
            }
            for number in range(1, luck.randint(2, 4))
        }

    def _device_users(self) -> list[Json]:
        """The uid 7 goes from one person to another; 8 belongs to nobody before its day."""
        change = self._day()
        before = (date.fromisoformat(change) - timedelta(days=1)).isoformat()
        first, last = self.people[0], self.people[-1]
        return [
            {"uid": "7", "employee": first, "from": "2020-01-01", "to": before},
            {"uid": "7", "employee": last, "from": change, "to": None},
            {"uid": "8", "employee": first, "from": self._day(), "to": None},
        ]

    def _swaps(self) -> list[Json]:
        if len(self.people) < 2:
            return []
        pairs = [self.luck.sample(self.people, 2) for _ in range(self.luck.choice([0, 1, 2]))]
        return [{"date": self._day(), "a": a, "b": b} for a, b in pairs]

    def _absence(self) -> Json:
        """Mostly where somebody is rostered; parts of the day, clock times or whole moments."""
        luck = self.luck
        if self.roster and luck.random() < 0.8:
            entry = luck.choice(self.roster)
        else:
            entry = {"employee": luck.choice(self.people), "date": self._day()}
        item = {"employee": entry["employee"], "date": entry["date"], "code": "P"}
        how = luck.random()
        if how < 0.7:
            return item | {"part": luck.choice(["full", "am", "pm"])}
        start = datetime.fromisoformat(item["date"])
        start += timedelta(minutes=luck.randrange(0, 1440, luck.choice([1, 30, 60])))
        if how < 0.9:
            end = start + timedelta(minutes=luck.randint(10, 400))
            return item | {"from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
        start += timedelta(minutes=luck.randrange(600))
        end = start + timedelta(minutes=luck.randint(5, 500))
        return item | {"from": text(start), "to": text(end)}

    def _overtime(self) -> Json:
        """Before, after or over shifts and other overtime; what it begins and ends is an edge too."""
        luck = self.luck
        start = self._moment()
        if self.edges and luck.random() < 0.4:
            start = luck.choice(self.edges)
        length = timedelta(minutes=luck.choice([*LENGTHS, luck.randint(5, 700)]))
        if luck.random() < 0.3:
            start -= length
        if luck.random() < 0.8:
            self.edges += [start, start + length]
        return {
            "employee": luck.choice(self.people),
            "from": text(start),
            "to": text(start + length),
        }

    def _moment(self) -> datetime:
        luck = self.luck
        if self.edges and luck.random() < 0.75:
            away = luck.choice([*EDGES, luck.randint(-300, 500)])
            return luck.choice(self.edges) + timedelta(minutes=away)
        return luck.choice(self.dates) + timedelta(minutes=luck.randrange(1440))

    def _punches(self) -> list[Json]:
        luck = self.luck
        found = [punch for entry in self.roster for punch in self._punches_of(entry)]
        for _ in range(luck.choice([0, 1, 2, 4, 8])):
            at = self._moment() + timedelta(seconds=luck.choice([0, 0, 1, 30, 59]))
            found.append(self._punch(at, luck.choice(self.people)))
        if luck.random() < 0.05:
            found.append(self._punch(datetime.fromisoformat("2005-01-01T07:30"), self.people[0]))
        return found

    def _punches_of(self, entry: Json) -> list[Json]:
        """Around the start and the end of a shift; some forgotten, some tapped twice."""
        luck, found = self.luck, []
        for edge, sign in zip(span_of(entry), (-1, 1), strict=True):
            if luck.random() < 0.3:
                continue
            at = edge + timedelta(minutes=sign * luck.randint(-15, 10))
            at += timedelta(seconds=luck.choice([0, 5, 59]))
            found.append(self._punch(at, entry["employee"]))
            if luck.random() < 0.15:
                at += timedelta(seconds=luck.choice([0, 20, 60, 120, 121, 180]))
                found.append(self._punch(at, entry["employee"]))
        return found

    def _punch(self, at: datetime, person: str) -> Json:
        luck = self.luck
        told = at.isoformat(timespec="seconds" if at.second or luck.random() < 0.7 else "minutes")
        record = {"at": told, "terminal": luck.choice(sorted(self.terminals))}
        if self.device_users and luck.random() < 0.3:
            record["uid"] = luck.choice(["7", "8", "9"])
        else:
            record["employee"] = person if luck.random() < 0.98 else "nobody"
        return record | self._received(at)

    def _received(self, at: datetime) -> Json:
        """Mostly untold; around the five minutes that a clock may be ahead; or days later."""
        luck = self.luck
        how = luck.random()
        if how < 0.15:
            late = luck.choice([-7200, -360, -301, -300, -299, -60, 0, 30, 86400, 86400 * 5])
            return {"received": (at + timedelta(seconds=late)).isoformat()}
        if how < 0.35:
            return {
                "received": f"2026-{luck.choice(['11', '12'])}-{luck.choice(['05', '15'])}T08:00"
            }
        return {}

    def _before(self) -> Json:
        if self.luck.random() > 0.3:
            return {}
        month, year = self.luck.choice([0, 2300, 2400]), self.luck.choice([0, 11900])
        return {"overtime_before": {"month": month, "year": year}}

    def _locks(self) -> Json:
        """None, one month, or two after each other."""
        if self.luck.random() > 0.4:
            return {}
        locks = {"2026-10": "2026-11-04T00:00", "2026-11": "2026-12-03T00:00:30"}
        if self.luck.random() < 0.5:
            del locks[self.luck.choice(sorted(locks))]
        return {"locks": locks}
