"""One account for each role, one manager of a single unit and one of a territory."""

import json
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from backend.accounts.models import Role, User
from backend.org.models import Employee, Region, Territory

#: Reserved for examples: no mail can ever reach anybody there.
MAIL_DOMAIN = "giaoban.example"
#: Letters and digits that nobody confuses when reading them off a screen.
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
UNIT = "06673"


@dataclass(frozen=True)
class Account:
    username: str
    full_name: str
    role: Role
    #: Code of the only unit the person may see; empty is the whole company.
    unit: str = ""
    #: Code of the territory, instead of a unit.
    territory: str = ""
    #: Code of the employee who logs in with it (people.py deals the codes out by department).
    employee: str = ""


ACCOUNTS = (
    Account("quantri", "Quản trị hệ thống (trình diễn)", Role.ADMINISTRATOR),
    Account("nhansu", "Trưởng phòng Nhân sự (trình diễn)", Role.HR, employee="NV002"),
    Account(
        "kinhdoanh", "Trưởng phòng Kinh doanh (trình diễn)", Role.SALES_MANAGER, employee="NV004"
    ),
    Account("baichay", "Phụ trách phường Bãi Cháy (trình diễn)", Role.SALES_MANAGER, UNIT),
    Account(
        "miendong", "Phụ trách vùng miền Đông (trình diễn)", Role.SALES_MANAGER, territory="MD"
    ),
    Account("lanhdao", "Giám đốc (trình diễn)", Role.EXECUTIVE, employee="NV001"),
    Account("kiemsoat", "Kiểm soát viên (trình diễn)", Role.AUDITOR),
    Account("truongphong", "Trưởng phòng Kho vé (trình diễn)", Role.MANAGER, employee="NV006"),
    Account("nhanvien", "Nhân viên Kho vé (trình diễn)", Role.EMPLOYEE, employee="NV015"),
)


def ensure_accounts(file: Path, *, on: date) -> list[User]:
    """Make the accounts that are missing; `file` then holds all passwords (JSON), for us only.

    An account whose password is not in the file gets a new one; others are left alone, also when
    their password has been changed since. Returns the accounts that are new.
    """
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    passwords = {account.username: known.get(account.username) for account in ACCOUNTS}
    fresh = {name: password or made_up() for name, password in passwords.items()}
    missing = fresh.keys() - set(User.objects.values_list("username", flat=True))
    with ThreadPoolExecutor() as pool:  # hashing is slow by design, and leaves the other cores free
        hashed = dict(zip(missing, pool.map(make_password, map(fresh.get, missing)), strict=True))
    # Written first: an account whose password is lost is worse than a password too many.
    write_secret(file, json.dumps(fresh, indent=1))
    with transaction.atomic():
        return [
            user
            for account in ACCOUNTS
            if (user := _ensure(account, fresh, hashed, on, passwords)) is not None
        ]


def made_up() -> str:
    """A password of 60 bits that can be read off a screen."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(3))


def write_secret(file: Path, text: str) -> None:
    """Readable by its owner only, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:  # noqa: PTH123 - the mode must be there from the start
        out.write(text)
    part.replace(file)


def _ensure(
    account: Account,
    fresh: dict[str, str],
    hashed: dict[str, str],
    on: date,
    known: dict[str, str | None],
) -> User | None:
    """The account if it is new."""
    name = account.username
    user = User.objects.filter(username=name).first()
    if user is None:
        unit = Region.objects.in_force(on).get(code=account.unit) if account.unit else None
        return User.objects.create(
            username=name,
            email=f"{name}@{MAIL_DOMAIN}",
            password=hashed[name],
            full_name=account.full_name,
            role=account.role,
            region=unit,
            territory=Territory.objects.filter(code=account.territory).first(),
            employee=Employee.objects.filter(code=account.employee).first(),
        )
    if known[name] is None:
        user.set_password(fresh[name])
        user.save(update_fields=["password"])
    return None
