"""The working-time specification once more, naively: sets of minutes, plain JSON in and out.

Written from the specification alone and kept apart from the engine, so that the two can be held
against each other (test_reference.py). Nothing here is fast or shared with attendance.engine.
Where the specification leaves a choice, the comment says CHOICE and attendance/engine/README.md
says why.
"""

from datetime import date, datetime, timedelta
from typing import Any

DEFAULTS = {
    "dup_minutes": 2,
    "min_span": 30,
    "window_before": 240,
    "window_after": 480,
    "chain_gap": 60,
    "late_grace": 0,
    "early_grace": 0,
    "pairing": "first_last",
    "ot_requires_approval": True,
    "ot_min": 30,
    "ot_block": 1,
    "extra_alert": 60,
    "drift_alert_seconds": 120,
    "normal_regime": "day",
    "ot_month_cap_hours": 40,
    "ot_year_cap_hours": 200,
}
CLASSES = [
    f"{kind}_{part}" for kind in ("weekday", "restday", "holiday") for part in ("day", "night")
]
KIND = {"work": "weekday", "rest": "restday", "holiday": "holiday"}
DAY = 1440


# Time: whole minutes since the first day there is.


def minute_of(text):
    moment = datetime.fromisoformat(text)
    return moment.toordinal() * DAY + moment.hour * 60 + moment.minute


def clock(text):
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def midnight(text):
    return date.fromisoformat(text).toordinal() * DAY


def date_of(minute):
    return date.fromordinal(minute // DAY).isoformat()


def is_night(minute):
    return minute % DAY >= 22 * 60 or minute % DAY < 6 * 60


# §2


def employed(employee, day):
    return employee["join"] <= day and (employee.get("leave") is None or day <= employee["leave"])


def shift_span(shift, day):
    start = midnight(day) + clock(shift["start"])
    end = midnight(day) + clock(shift["end"])
    return start, end if end > start else end + DAY


def unpaid_breaks(shift, day):
    """CHOICE: a break's times are the first ones at or after the shift's start."""
    start, end = shift_span(shift, day)
    found = []
    for item in shift.get("breaks") or []:
        if item.get("paid"):
            continue
        first = midnight(day) + clock(item["from"])
        if first < start:
            first += DAY
        last = midnight(date_of(first)) + clock(item["to"])
        if last <= first:
            last += DAY
        minutes = set(range(first, last)) & set(range(start, end))
        if minutes:
            found.append(minutes)
    return found


def scheduled_minutes(shift, day):
    minutes = set(range(*shift_span(shift, day)))
    for pause in unpaid_breaks(shift, day):
        minutes -= pause
    return minutes


def final_roster(facts):
    """{(employee, date): {shift codes}} after the swaps."""
    roster: dict[Any, Any] = {}
    for entry in facts.get("roster") or []:
        roster.setdefault((entry["employee"], entry["date"]), set()).add(entry["shift"])
    # CHOICE: a swap told from the other side is the same swap; several swaps go in sorted order.
    for day, a, b in sorted(
        {(s["date"], *sorted((s["a"], s["b"]))) for s in facts.get("swaps") or []}
    ):
        of_a, of_b = roster.pop((a, day), None), roster.pop((b, day), None)
        if of_b:
            roster[a, day] = of_b
        if of_a:
            roster[b, day] = of_a
    return roster


# §3


def item_minutes(item, shift, day):
    """Scheduled minutes of one shift that a leave or trip item covers."""
    scheduled = sorted(scheduled_minutes(shift, day))
    part = item.get("part")
    if part == "full":
        return set(scheduled)
    if part in ("am", "pm"):
        # CHOICE: every shift of the date is halved for itself.
        pauses = unpaid_breaks(shift, day)
        if pauses:
            # CHOICE: of several longest breaks the first.
            longest = max(sorted(pauses, key=min), key=len)
            if part == "am":
                return {m for m in scheduled if m < min(longest)}
            return {m for m in scheduled if m > max(longest)}
        # CHOICE: of an odd number of minutes the first half is the smaller.
        half = len(scheduled) // 2
        return set(scheduled[:half] if part == "am" else scheduled[half:])
    if "T" in item["from"]:
        return set(scheduled) & set(range(minute_of(item["from"]), minute_of(item["to"])))
    # CHOICE: clock times are those of the date; where they meet nothing of a shift over midnight,
    # those of the morning after.
    first, last = clock(item["from"]), clock(item["to"])
    if last <= first:
        last += DAY
    on_date = set(range(midnight(day) + first, midnight(day) + last))
    morning_after = {minute + DAY for minute in on_date}
    return set(scheduled) & on_date or set(scheduled) & morning_after


# §4


def prepared_punches(facts):
    """(punches, exceptions): punches are {person, terminal, at, minute, received}."""
    terminals = facts.get("terminals") or {}
    known = {employee["id"] for employee in facts["employees"]}
    punches: dict[Any, Any] = {}
    exceptions, seen = [], set()
    for record in facts.get("punches") or []:
        offset = terminals[record["terminal"]].get("offset_seconds") or 0
        corrected = datetime.fromisoformat(record["at"]) - timedelta(seconds=offset)
        corrected = corrected.replace(second=0, microsecond=0)
        received = corrected
        if record.get("received"):
            received = datetime.fromisoformat(record["received"])
        bad = corrected.year < 2020 or corrected > received + timedelta(minutes=5)
        person = record.get("employee")
        if record.get("uid") is not None:
            person = None
            for owner in facts.get("device_users") or []:
                day = corrected.date().isoformat()
                if (
                    owner["uid"] == record["uid"]
                    and owner["from"] <= day
                    and (owner.get("to") is None or day <= owner["to"])
                ):
                    person = owner["employee"]
        code = "bad_clock" if bad else "unknown_user" if person not in known else None
        if code:
            # Identical records are listed once.
            same = record.get("uid"), record.get("employee"), record["terminal"], record["at"], code
            if same not in seen:
                seen.add(same)
                exceptions.append({"at": record["at"], "code": code})
            continue
        # CHOICE: identical by the corrected time; the copy received first is the one a lock knows.
        key = (person, record["terminal"], corrected)
        punch = {
            "person": person,
            "terminal": record["terminal"],
            "at": record["at"],
            "minute": corrected.toordinal() * DAY + corrected.hour * 60 + corrected.minute,
            "received": received,
        }
        if key in punches:
            punch["received"] = min(received, punches[key]["received"])
            punch["at"] = min(record["at"], punches[key]["at"])
        punches[key] = punch
    # CHOICE: taps of one minute at two terminals are in the order of the terminals' names.
    return sorted(punches.values(), key=lambda p: (p["minute"], p["terminal"], p["at"])), exceptions


# §5


def blocks_of(facts, employee, roster):
    blocks = []
    leaves = [i for i in facts.get("leaves") or [] if i["employee"] == employee["id"]]
    trips = [i for i in facts.get("trips") or [] if i["employee"] == employee["id"]]
    for (person, day), codes in roster.items():
        if person != employee["id"] or not employed(employee, day):
            continue
        for code in codes:
            shift = facts["shifts"][code]
            start, end = shift_span(shift, day)
            scheduled = scheduled_minutes(shift, day)
            leave, trip = set(), set()
            for item in leaves:
                if item["date"] == day:
                    leave |= item_minutes(item, shift, day)
            for item in trips:
                if item["date"] == day:
                    trip |= item_minutes(item, shift, day)
            blocks.append(
                {
                    "kind": "shift",
                    "start": start,
                    "end": end,
                    "code": code,
                    "date": day,
                    "scheduled": scheduled,
                    "leave": leave,
                    "travel": trip,
                    "trip": trip - leave,  # CHOICE: a minute of both is leave.
                    "effective": scheduled - leave - trip,
                }
            )
    requests = {
        (minute_of(r["from"]), minute_of(r["to"]))
        for r in facts.get("overtime_approved") or []
        if r["employee"] == employee["id"]
    }
    for start, end in requests:
        # CHOICE: overtime is outside employment by the date it starts.
        if employed(employee, date_of(start)):
            blocks.append(
                {"kind": "overtime", "start": start, "end": end, "minutes": set(range(start, end))}
            )
    blocks.sort(key=lambda b: (b["start"], b["end"], b["kind"] == "overtime", b.get("code", "")))
    # CHOICE: a minute of two shifts is a minute of the first.
    taken: set[int] = set()
    for block in blocks:
        if block["kind"] == "shift":
            for name in ("leave", "trip", "travel", "effective", "scheduled"):
                block[name] = block[name] - taken
            taken |= block["scheduled"]
    return blocks


def chains_of(blocks, settings):
    chains: list[Any] = []
    for block in blocks:
        if chains and block["start"] - max(b["end"] for b in chains[-1]) <= settings["chain_gap"]:
            chains[-1].append(block)
        else:
            chains.append([block])
    for chain in chains:
        shifts = [b for b in chain if b["kind"] == "shift"]
        for block in chain:
            if block["kind"] == "overtime":
                before = [s for s in shifts if s["start"] < block["start"]]
                if before:
                    block["date"] = max(before, key=lambda s: s["start"])["date"]
                elif shifts:
                    block["date"] = shifts[0]["date"]
                else:
                    block["date"] = date_of(block["start"])
    return chains


def in_window(minute, place, chains, settings):
    """Whether the minute is in the window of chains[place]."""
    start = min(b["start"] for b in chains[place])
    end = max(b["end"] for b in chains[place])
    before, after = settings["window_before"], settings["window_after"]
    if not start - before <= minute <= end + after:
        return False
    # CHOICE: "overlaps a neighbouring chain" is overlaps its window; else a punch had two owners.
    if place > 0:
        earlier = max(b["end"] for b in chains[place - 1])
        if earlier + after >= start - before and 2 * minute < earlier + start:
            return False
    if place + 1 < len(chains):
        later = min(b["start"] for b in chains[place + 1])
        if end + after >= later - before and 2 * minute >= end + later:
            return False
    return True


# §6


def pair(punches, span, settings):
    """{"in", "out": punch or None, "presence", "exceptions", "complete", "used"} of a chain with punches."""
    start, end = span
    if settings["pairing"] == "first_last":
        first, last = punches[0], punches[-1]
        if len(punches) > 1 and last["minute"] - first["minute"] >= settings["min_span"]:
            return {
                "in": first,
                "out": last,
                "presence": set(range(first["minute"], last["minute"])),
                "exceptions": [],
                "complete": True,
                "used": [("in", first), ("out", last)],
            }
        nearer_start = abs(first["minute"] - start) <= abs(first["minute"] - end)
        side, punch = ("in", first) if nearer_start else ("out", last)
        return {
            "in": punch if nearer_start else None,
            "out": None if nearer_start else punch,
            "presence": set(),
            "exceptions": ["missing_out" if nearer_start else "missing_in"],
            "complete": False,
            "used": [(side, punch)],
        }
    events: list[Any] = []
    for punch in punches:
        if events and punch["minute"] - events[-1][-1]["minute"] <= settings["dup_minutes"]:
            events[-1].append(punch)
        else:
            events.append([punch])
    presence = set()
    for i in range(0, len(events) - 1, 2):
        presence |= set(range(events[i][0]["minute"], events[i + 1][-1]["minute"]))
    odd = len(events) % 2 == 1
    # CHOICE: IN is the chain's first event, even a lone one (late is known), OUT its last.
    used = [("in", events[0][0])]
    if not odd:
        used.append(("out", events[-1][-1]))
    return {
        "in": events[0][0],
        "out": None if odd else events[-1][-1],
        "presence": presence,
        "exceptions": ["odd_punches"] if odd else [],
        "complete": not odd,
        "used": used,
    }


# §7 to §10


def empty_row(employee, day):
    return {
        "employee": employee["id"],
        "date": day,
        "period": day[:7],
        "worked": 0,
        "regular": 0,
        "late": 0,
        "early": 0,
        "leave": 0,
        "credited": 0,
        "ot": dict.fromkeys(CLASSES, 0),
        "night": 0,
        "status": None,
        "exceptions": set(),
        "weighted": 0,
    }


def count_requests(chain, requests, presence, scheduled, settings):
    """[(request, counted minutes)]. CHOICE: a minute of two requests is one of the first to take it."""
    taken: set[int] = set()
    counted = []
    for request in requests:
        minutes = sorted((request["minutes"] & presence) - scheduled - taken)
        if len(minutes) < settings["ot_min"]:
            minutes = []
        minutes = minutes[: len(minutes) - len(minutes) % settings["ot_block"]]
        taken |= set(minutes)
        counted.append((request, minutes))
    return counted


def person_rows(facts, employee, roster, punches, settings):
    """({date: row}, punch exceptions) of one person from the punches given."""
    calendar = facts["calendar"]
    terminals = facts.get("terminals") or {}
    rows = {day: empty_row(employee, day) for day in calendar}
    spare: dict[Any, Any] = {}
    regular: dict[Any, Any] = {}  # date: [minutes]
    overtime: dict[Any, Any] = {}

    def row_of(day):
        return rows[day] if day in rows else spare.setdefault(day, empty_row(employee, day))

    def kind_of(minute):
        return calendar.get(date_of(minute), "work")  # CHOICE: a date not told is a work day.

    blocks = blocks_of(facts, employee, roster)
    chains = chains_of(blocks, settings)
    rostered = {b["date"] for b in blocks if b["kind"] == "shift"}
    scheduled = set().union(*(b["scheduled"] for b in blocks if b["kind"] == "shift"))
    exceptions = []
    by_chain: list[Any] = [[] for _ in chains]
    for punch in punches:
        owners = [n for n in range(len(chains)) if in_window(punch["minute"], n, chains, settings)]
        assert len(owners) <= 1, "a punch with two windows"
        if owners:
            by_chain[owners[0]].append(punch)
            continue
        day = date_of(punch["minute"])
        if not employed(employee, day):
            exceptions.append({"at": punch["at"], "code": "outside_employment"})
        elif day not in calendar:
            exceptions.append({"at": punch["at"], "code": "unassigned_punch"})  # CHOICE
        elif calendar[day] in ("rest", "holiday"):
            rows[day]["exceptions"].add("unapproved_work")
        elif day not in rostered:
            rows[day]["exceptions"].add("no_shift")
        else:
            exceptions.append({"at": punch["at"], "code": "unassigned_punch"})

    incomplete_dates = set()
    full_leave, full_trip = full_days(blocks, "leave"), full_days(blocks, "travel")
    for block in blocks:
        if block["kind"] == "shift":
            row_of(block["date"])["leave"] += len(block["leave"])
            row_of(block["date"])["credited"] += len(block["trip"])
    for chain, taps in zip(chains, by_chain, strict=True):
        shifts = [b for b in chain if b["kind"] == "shift"]
        requests = [b for b in chain if b["kind"] == "overtime"]
        to_work = set().union(*(b["effective"] for b in shifts), *(b["minutes"] for b in requests))
        dates = {b["date"] for b in chain}
        if not taps:
            for request in requests:
                row_of(request["date"])["exceptions"].add("ot_not_worked")
            for shift in shifts:
                others = [
                    t
                    for c, t in zip(chains, by_chain, strict=True)
                    if c is not chain and t and shift["date"] in {b["date"] for b in c}
                ]
                if shift["effective"] and others:
                    row_of(shift["date"])["exceptions"].add("absent_part")
            continue
        if not to_work:
            # CHOICE: on the row of the chain's first shift that leave takes wholly.
            on_leave = [
                s["date"] for s in shifts if s["scheduled"] and s["leave"] == s["scheduled"]
            ]
            if on_leave:
                row_of(on_leave[0])["exceptions"].add("punch_on_leave")
            continue
        span = min(to_work), max(to_work) + 1
        result = pair(taps, span, settings)
        # CHOICE: what concerns the arrival is told in the first block's row, the departure's in the last's.
        first_row, last_row = row_of(chain[0]["date"]), row_of(chain[-1]["date"])
        for code in result["exceptions"]:
            (first_row if code == "missing_in" else last_row)["exceptions"].add(code)
        if not result["complete"]:
            incomplete_dates |= dates
        for side, punch in result["used"]:
            row = first_row if side == "in" else last_row
            terminal = terminals[punch["terminal"]]
            sites = {terminal.get("site"), employee.get("site")}
            if len(sites) == 2 and None not in sites:  # CHOICE: an unknown site does not differ.
                row["exceptions"].add("other_site")
            if abs(terminal.get("offset_seconds") or 0) >= settings["drift_alert_seconds"]:
                row["exceptions"].add("clock_drift")
        if result["complete"]:
            if span[0] - result["in"]["minute"] >= settings["extra_alert"]:
                first_row["exceptions"].add("unapproved_extra")
            if (
                settings["ot_requires_approval"]
                and result["out"]["minute"] - span[1] >= settings["extra_alert"]
            ):
                last_row["exceptions"].add("unapproved_extra")
        presence = result["presence"]
        for shift in shifts:
            late = early = 0
            if result["in"]:
                late = len([m for m in shift["effective"] if m < result["in"]["minute"]])
            if result["out"]:
                early = len([m for m in shift["effective"] if m >= result["out"]["minute"]])
            row_of(shift["date"])["late"] += late if late > settings["late_grace"] else 0
            row_of(shift["date"])["early"] += early if early > settings["early_grace"] else 0
            for minute in shift["effective"] & presence:
                where = overtime if kind_of(minute) == "holiday" else regular
                where.setdefault(shift["date"], []).append(minute)
        asked = list(requests)
        if not settings["ot_requires_approval"]:
            after = {m for m in presence if m >= span[1]}
            asked.append({"date": chain[-1]["date"], "minutes": after, "extra": True})
        for request, minutes in count_requests(chain, asked, presence, scheduled, settings):
            overtime.setdefault(request["date"], []).extend(minutes)
            if not minutes and result["complete"] and not request.get("extra"):
                row_of(request["date"])["exceptions"].add("ot_not_worked")

    before = facts.get("overtime_before") or {}
    for day, row in rows.items():
        of_day = [b for b in blocks if b["kind"] == "shift" and b["date"] == day]
        finish_row(
            row,
            regular.get(day, []),
            overtime.get(day, []),
            kind_of,
            sum(len(b["scheduled"]) for b in of_day),
            bool(of_day),
            before,
            settings,
        )
        effective = sum(len(b["effective"]) for b in of_day)
        if not employed(employee, day):
            row["status"] = "not_employed"
        elif day in full_leave:
            row["status"] = "leave"
        elif day in full_trip:
            row["status"] = "trip"
        elif day in incomplete_dates:
            row["status"] = "incomplete"
        elif row["worked"] > 0:
            row["status"] = "present"
        elif effective > 0:
            row["status"] = "absent"
        elif calendar[day] in ("holiday", "rest"):
            row["status"] = calendar[day]
        elif row["leave"] or row["credited"]:
            # CHOICE: leave and trip together left nothing to work: the larger, or leave.
            row["status"] = "leave" if row["leave"] >= row["credited"] else "trip"
        else:
            row["status"] = "no_shift"
        row["exceptions"] = sorted(row["exceptions"])
    return rows, exceptions


def full_days(blocks, name):
    """Dates with a shift that leave, or a trip, takes wholly. CHOICE: also by parts that add up."""
    days = {b["date"] for b in blocks if b["kind"] == "shift" and b["scheduled"]}
    for block in blocks:
        if block["kind"] == "shift" and block[name] != block["scheduled"]:
            days.discard(block["date"])
    return days


def finish_row(row, regular, overtime, kind_of, scheduled, has_shift, before, settings):
    for minute in overtime:
        row["ot"][f"{KIND[kind_of(minute)]}_{'night' if is_night(minute) else 'day'}"] += 1
    row["regular"] = len(regular)
    row["worked"] = len(regular) + len(overtime)
    row["night"] = len([m for m in [*regular, *overtime] if is_night(m)])
    ot = row["ot"]
    weekday = ot["weekday_day"] + ot["weekday_night"]
    off = ot["restday_day"] + ot["restday_night"] + ot["holiday_day"] + ot["holiday_night"]
    if settings["normal_regime"] == "day":
        over = has_shift and 2 * weekday > scheduled
    else:
        over = row["regular"] + weekday > 720
    if over or off > 720:
        row["exceptions"].add("ot_cap_day")
    # CHOICE: literally what is given as overtime_before plus this row's, not the rows between.
    if overtime and before.get("month", 0) + len(overtime) > settings["ot_month_cap_hours"] * 60:
        row["exceptions"].add("ot_cap_month")
    if overtime and before.get("year", 0) + len(overtime) > settings["ot_year_cap_hours"] * 60:
        row["exceptions"].add("ot_cap_year")
    percent = 0
    for minute in regular:
        percent += 130 if is_night(minute) else 100
    daytime = [m for m in overtime if kind_of(m) == "work" and not is_night(m)]
    for minute in overtime:
        kind, night = kind_of(minute), is_night(minute)
        if kind == "holiday":
            percent += 390 if night else 300
        elif kind == "rest":
            percent += 270 if night else 200
        elif not night:
            percent += 150
        else:
            percent += 210 if daytime and min(daytime) < minute else 200
    row["weighted"] = percent / 100


# §11


def numbers(row):
    plain = ("worked", "regular", "late", "early", "leave", "credited", "night")
    return {name: row[name] for name in plain} | {f"ot.{c}": row["ot"][c] for c in CLASSES}


def next_open(period, locks):
    year, month = int(period[:4]), int(period[5:])
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if f"{year:04d}-{month:02d}" not in locks:
            return f"{year:04d}-{month:02d}"


def reference(facts):
    settings = DEFAULTS | (facts.get("settings") or {})
    locks = facts.get("locks") or {}
    roster = final_roster(facts)
    punches, exceptions = prepared_punches(facts)
    rows, adjustments = [], []
    for employee in sorted(
        {e["id"]: e for e in facts["employees"]}.values(), key=lambda e: e["id"]
    ):
        own = [p for p in punches if p["person"] == employee["id"]]
        now, listed = person_rows(facts, employee, roster, own, settings)
        exceptions += listed
        frozen: dict[Any, Any] = {}
        for period, moment in locks.items():
            moment = datetime.fromisoformat(moment)
            known = [p for p in own if p["received"] <= moment]
            then, _ = person_rows(facts, employee, roster, known, settings)
            frozen |= {day: row for day, row in then.items() if row["period"] == period}
        for day in sorted(now):
            row = frozen.get(day, now[day])
            rows.append(row)
            new, old = numbers(now[day]), numbers(row)
            delta = {name: new[name] - old[name] for name in new if new[name] != old[name]}
            if delta:
                into = next_open(row["period"], locks)
                adjustments.append(
                    {"employee": employee["id"], "date": day, "into": into, "delta": delta}
                )
    exceptions.sort(key=lambda e: (e["at"], e["code"]))
    return {"rows": rows, "punch_exceptions": exceptions, "adjustments": adjustments}
