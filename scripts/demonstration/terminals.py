"""Four terminals, one a site, and the crowd that uses each.

What the crowd leaves in a terminal's log is a function of the plan and the day, so the punches
loaded as history and the log of the simulated terminal never overlap and never disagree.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from attendance.models import Leave, Terminal, Transport
from backend.org.models import Site
from scripts.demonstration.people import device_user_id
from scripts.demonstration.plan import Plan
from scripts.demonstration.rosters import Duty
from scripts.simulated_terminal.people import Crowd, Person, Span

ADDRESS = "127.0.0.1"
FIRST_PORT = 43701


@dataclass(frozen=True)
class Machine:
    """A terminal as it is set up: `comm_key` 0 is none."""

    serial: str
    site: str
    name: str
    transport: Transport = Transport.TCP
    comm_key: int = 0


MACHINES = (
    Machine("DEMO0001", "HL", "Sảnh trụ sở Hạ Long"),
    Machine("DEMO0002", "CP", "Chi nhánh Cẩm Phả", comm_key=246_810),
    Machine("DEMO0003", "UB", "Chi nhánh Uông Bí", transport=Transport.UDP),
    Machine("DEMO0004", "MC", "Chi nhánh Móng Cái"),
)
#: Numbers that belong to nobody: somebody trying the machine, a finger enrolled by mistake.
STRANGERS = {"DEMO0001": "9001", "DEMO0004": "9017"}
#: The terminal that was out of order for two days, and how many days ago that began.
BROKEN, BROKEN_DAYS_AGO = "DEMO0003", 70

HALVES: Sequence[Span] = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
SPANS: dict[str, Sequence[Span]] = {
    "HC": ((time(7, 30), time(17)),),
    "GAY": ((time(7), time(11)), (time(15), time(19))),
    "TH": ((time(11), time(19)),),
    "QS": ((time(12, 30), time(20, 30)),),
    "CA1": ((time(6), time(14)),),
    "CA2": ((time(14), time(22)),),
    "CA3": ((time(22), time(6)),),
}
#: When those with flexible hours mean to come and go.
FLEXIBLE: Sequence[Sequence[Span]] = (
    ((time(7, 30), time(17)),),
    ((time(7, 50), time(17, 20)),),
    ((time(8, 10), time(17, 40)),),
)


def create_terminals(sites: Iterable[Site]) -> list[Terminal]:
    by_code = {site.code: site for site in sites}
    terminals = []
    for number, machine in enumerate(MACHINES):
        terminal = Terminal(
            code=f"M{number + 1}",
            name=machine.name,
            serial_number=machine.serial,
            address=ADDRESS,
            port=FIRST_PORT + number,
            transport=machine.transport,
            site=by_code[machine.site],
            poll_seconds=20,
        )
        terminal.set_comm_key(machine.comm_key)
        terminals.append(terminal)
    return Terminal.objects.bulk_create(terminals)


def crowds(plan: Plan, duties: Iterable[Duty], absences: Iterable[Leave]) -> dict[str, Crowd]:
    """By serial number: everybody who uses the terminal, and when they mean to come and go."""
    away = {(leave.employee.code, leave.date) for leave in absences}
    plans: dict[str, dict[str, dict[date, Sequence[Span]]]] = {
        machine.serial: defaultdict(dict) for machine in MACHINES
    }
    names: dict[str, str] = {}
    home = {machine.site: machine.serial for machine in MACHINES}
    luck = plan.luck("visits")
    for duty in duties:
        visits = luck.random() < 0.005
        visited = luck.choice(MACHINES).serial
        if (duty.employee.code, duty.day) in away:
            continue
        user = device_user_id(duty.employee)
        names[user] = duty.employee.full_name
        at_home = home[duty.employee.site.code]
        plans[visited if visits else at_home][user][duty.day] = _spans(duty, user)
    _add_strangers(plan, plans)
    for day in _broken_days(plan):
        for dates in plans[BROKEN].values():
            dates.pop(day, None)
    return {
        serial: Crowd(
            people=[
                Person(user_id=user, name=names.get(user, ""), week={}, dates=dates)
                for user, dates in sorted(people.items())
            ],
            seed=f"{plan.seed}/{serial}",
        )
        for serial, people in plans.items()
    }


def write_config(
    folder: Path, plan: Plan, everybody: dict[str, Crowd], ports: dict[str, int]
) -> Path:
    """Write what scripts/simulate-terminal --config reads; returns its path.

    The people's files hold the days from the first logged one on: before that the terminals'
    logs were emptied, as their import says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    items: list[dict[str, Any]] = []
    for machine in MACHINES:
        people = folder / f"people-{machine.serial}.json"
        people.write_text(
            json.dumps(_people(everybody[machine.serial], plan.first_logged), ensure_ascii=False),
            encoding="utf-8",
        )
        items.append(
            {
                "serial": machine.serial,
                "port": ports[machine.serial],
                "people": str(people),
                "seed": plan.seed,
                "since": plan.first_logged.isoformat(),
                "comm_key": machine.comm_key,
                "udp": machine.transport == Transport.UDP,
            }
        )
    config = folder / "terminals.json"
    config.write_text(json.dumps(items, indent=1), encoding="utf-8")
    return config


def _spans(duty: Duty, user: str) -> Sequence[Span]:
    """A quarter of the people at the office punch at lunch too; some hours are chosen anew daily."""
    if duty.shift == "LH":
        return FLEXIBLE[(int(user) + duty.day.toordinal()) % len(FLEXIBLE)]
    return HALVES if duty.shift == "HC" and int(user) % 4 == 0 else SPANS[duty.shift]


def _add_strangers(plan: Plan, plans: dict[str, dict[str, dict[date, Sequence[Span]]]]) -> None:
    luck = plan.luck("strangers")
    for serial, user in STRANGERS.items():
        for week in range(0, plan.punch_days, 7):
            day = plan.first_punch + timedelta(days=week + luck.randrange(7))
            plans[serial][user][day] = ((time(9, luck.randrange(60)), time(9, 59)),)


def _broken_days(plan: Plan) -> list[date]:
    first = plan.today - timedelta(days=BROKEN_DAYS_AGO)
    return [first, first + timedelta(days=1)]


def _people(crowd: Crowd, first: date) -> dict[str, Any]:
    return {
        "people": [
            {
                "user_id": person.user_id,
                "name": person.name,
                "dates": {
                    day.isoformat(): [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]
                    for day, spans in person.dates.items()
                    # A night that began the day before ends in the log.
                    if day >= first - timedelta(days=1)
                },
            }
            for person in crowd.people
        ]
    }
