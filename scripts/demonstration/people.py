"""The company, its four sites, nine departments and their people."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from backend.org.models import Company, Department, Employee, Region, Site
from backend.vntext import search_key, sort_key
from scripts.demonstration.names import invented_names
from scripts.demonstration.plan import Plan

COMPANY = "Công ty TNHH MTV Xổ số kiến thiết Quảng Ninh (TRÌNH DIỄN)"

#: Code, name, unit of today in which it stands, share of the people of every 20.
SITES = (
    ("HL", "Trụ sở Hạ Long", "06685", 11),
    ("CP", "Chi nhánh Cẩm Phả", "06793", 4),
    ("UB", "Chi nhánh Uông Bí", "06811", 3),
    ("MC", "Chi nhánh Móng Cái", "06712", 2),
)


@dataclass(frozen=True)
class Office:
    """A department: `people` of every 160, at the head office only or at every site."""

    code: str
    name: str
    people: int
    at_every_site: bool
    position: str
    rhythm: str


#: `rhythm` is the kind of roster (rosters.py).
DEPARTMENTS = (
    Office("BGD", "Ban Giám đốc", 4, False, "Phó Giám đốc", "office"),
    Office("TCHC", "Phòng Tổ chức – Hành chính", 18, False, "Chuyên viên", "office"),
    Office("KTTC", "Phòng Kế toán – Tài chính", 20, False, "Kế toán viên", "office"),
    Office("KD", "Phòng Kinh doanh", 38, True, "Nhân viên thị trường", "sales"),
    Office("TT", "Phòng Trả thưởng", 18, True, "Nhân viên trả thưởng", "counter"),
    Office("KV", "Phòng Kho vé – Thu hồi", 24, True, "Thủ kho", "returns"),
    Office("CNTT", "Phòng Công nghệ thông tin", 8, False, "Kỹ sư", "flexible"),
    Office("QSMT", "Phòng Quay số mở thưởng – Giám sát", 14, False, "Giám sát viên", "draw"),
    Office("BV", "Đội Bảo vệ – Lái xe", 16, True, "Nhân viên bảo vệ", "guard"),
)
HEADS = {"BGD": "Giám đốc", "BV": "Đội trưởng", "TCHC": "Trưởng phòng"}


def create_company() -> Company:
    return Company.objects.create(
        name=COMPANY,
        short_name="XSKT Quảng Ninh (TRÌNH DIỄN)",
        owner_name="UBND TỈNH QUẢNG NINH",
        is_demonstration=True,
    )


def create_places(units: dict[str, Region]) -> tuple[list[Site], list[Department]]:
    """Sites and departments; `units` are today's units by code."""
    sites = [Site(code=code, name=name, region=units[unit]) for code, name, unit, _ in SITES]
    departments = [Department(code=office.code, name=office.name) for office in DEPARTMENTS]
    return Site.objects.bulk_create(sites), Department.objects.bulk_create(departments)


def create_employees(
    plan: Plan, sites: list[Site], departments: list[Department]
) -> list[Employee]:
    """`plan.employees` people. Some joined and a few left within the months that are shown."""
    luck = plan.luck("people")
    names = invented_names(luck)
    by_code = {department.code: department for department in departments}
    people: list[Employee] = []
    for office, is_first in islice(_posts(), plan.employees):
        name, number = next(names), len(people) + 1
        joined, left = _employment(plan, number)
        people.append(
            Employee(
                code=f"NV{number:03}",
                full_name=name,
                sort_key=sort_key(name),
                search=search_key(name),
                department=by_code[office.code],
                site=_site(luck, sites) if office.at_every_site and not is_first else sites[0],
                position=HEADS.get(office.code, "Trưởng phòng") if is_first else office.position,
                grade=f"{luck.randint(1, 9)}/12",
                join_date=joined,
                leave_date=left,
            )
        )
    made = Employee.objects.bulk_create(people)
    for head in made[: len(departments)]:  # the first post of each department is its head's
        head.department.manager = head
    Department.objects.bulk_update(
        [head.department for head in made[: len(departments)]], ["manager"]
    )
    return made


def device_user_id(employee: Employee) -> str:
    """The number the person has on every terminal (mã chấm công)."""
    return str(1000 + int(employee.code.removeprefix("NV")))


def _posts() -> Iterator[tuple[Office, bool]]:
    """Every post: its department, and whether it is the head's. All departments come early."""
    for place in range(max(office.people for office in DEPARTMENTS)):
        for office in DEPARTMENTS:
            if place < office.people:
                yield office, place == 0


def _site(luck: random.Random, sites: list[Site]) -> Site:
    return luck.choices(sites, [share for *_, share in SITES])[0]


def _employment(plan: Plan, number: int) -> tuple[date, date | None]:
    """First and last day: every 20th joined lately, every 40th left lately."""
    luck = plan.luck(f"employment {number}")
    if number % 20 == 7:
        return plan.today - timedelta(days=luck.randint(20, 300)), None
    joined = plan.first_punch - timedelta(days=luck.randint(30, 7000))
    left = plan.today - timedelta(days=luck.randint(15, 250)) if number % 40 == 33 else None
    return joined, left
