"""docker-compose.yml cannot be run everywhere; what can be said by reading it is said here."""

import importlib.util
import os
import re
import shlex
import stat
import subprocess
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg2
import pytest
import yaml
from django.core.management import get_commands
from django.db import connection

from sales.public.stream import MOST_WATCHERS
from scripts.launcher import program
from scripts.launcher.postgres import binary_folders

PROJECT = Path(__file__).resolve().parent.parent.parent
TEXT = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DEPLOY = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
DOCKERFILE = (PROJECT / "scripts" / "docker" / "Dockerfile").read_text(encoding="utf-8")

EXACT_IMAGE = re.compile(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?")


def test_it_has_the_processes_of_production() -> None:
    assert set(SERVICES) == {
        "database", "migrate", "web", "follow", "public", "collector", "scheduler",
        "proxy",
    }  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    assert EXACT_IMAGE.fullmatch(SERVICES[name]["image"])


def test_the_base_image_is_pinned() -> None:
    assert EXACT_IMAGE.fullmatch(re.findall(r"^FROM (\S+)$", DOCKERFILE, re.MULTILINE)[0])


def commands(service: dict[str, Any]) -> list[list[str]]:
    """The simple commands of a service: a shell line is taken apart at its &&."""
    command: list[str] = service.get("command", [])
    if command[:2] == ["sh", "-c"]:
        return [shlex.split(part) for part in command[2].split("&&")]
    return [command] if command else []


@pytest.mark.parametrize("name", ["migrate", "web", "follow", "public", "collector", "scheduler"])
def test_every_command_exists(name: str) -> None:
    found = commands(SERVICES[name])
    assert found
    for python, dash_m, module, first, *_ in found:
        assert (python, dash_m) == ("python", "-m")
        assert importlib.util.find_spec(module)
        assert module != "backend" or first in get_commands()


def test_the_web_service_names_our_application() -> None:
    (command,) = commands(SERVICES["web"])
    module, _, attribute = command[-1].partition(":")
    assert callable(getattr(importlib.import_module(module), attribute))
    assert command[command.index("--blocking-threads") + 1] == "1"


@pytest.mark.parametrize(("name", "admitted"), [("follow", 2_000), ("public", MOST_WATCHERS)])
def test_streams_leave_room_for_pages(name: str, admitted: int) -> None:
    """Granian lets whoever comes after `--backpressure` connections wait for one that ends."""
    (command,) = commands(SERVICES[name])
    own = {"follow": program.follow, "public": program.public}[name](8000)
    for each in (command, own):
        assert int(each[each.index("--backpressure") + 1]) >= admitted + 1_000
    assert SERVICES[name]["ulimits"]["nofile"] >= 2 * admitted


@pytest.mark.parametrize("name", ["database", "web", "follow", "public", "proxy"])
def test_who_listens_is_asked_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_the_proxy_waits_for_all_it_passes_on_to() -> None:
    caddyfile = (PROJECT / "scripts" / "docker" / "Caddyfile").read_text(encoding="utf-8")
    behind = set(re.findall(r"reverse_proxy (\w+):8000", caddyfile))
    assert behind == SERVICES["proxy"]["depends_on"].keys()


def test_the_public_site_names_its_application_and_knows_no_key() -> None:
    service = SERVICES["public"]
    assert commands(service)[0][-1] == "sales.public.asgi:application"
    assert importlib.util.find_spec("sales.public.asgi")
    assert service["secrets"] == ["database_public_url"]
    assert service["volumes"] == []


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"proxy"}))
def test_only_the_proxy_publishes_ports(name: str) -> None:
    assert "ports" not in SERVICES[name]


def test_collectors_can_be_scaled() -> None:
    assert "container_name" not in SERVICES["collector"]


def test_no_secret_is_written_down_and_every_secret_is_a_file() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            secret = re.search("PASSWORD|SECRET|KEY|DATABASE_URL|OWNER_URL", name)
            assert not secret or (name.endswith("_FILE") and value.startswith("/run/secrets/"))
    assert {entry["file"].startswith("./secrets/") for entry in COMPOSE["secrets"].values()} == {
        True
    }


def test_every_secret_a_service_reads_is_given_to_it() -> None:
    for service in SERVICES.values():
        values = service.get("environment", {}).values()
        read = {Path(v).name for v in values if str(v).startswith("/run/secrets/")}
        assert read <= set(service.get("secrets", []))


def test_only_migrate_and_the_database_know_the_owner() -> None:
    knowing = {n for n, s in SERVICES.items() if "database_owner_url" in s.get("secrets", [])}
    assert knowing == {"migrate", "database"}


def variables() -> set[str]:
    """Everything read from .env and everything set for the program."""
    named = {name for service in SERVICES.values() for name in service.get("environment", {})}
    return named | set(re.findall(r"\$\{([A-Z_]+)", TEXT))


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_variable_is_documented(name: str) -> None:
    assert f"`{name.removesuffix('_FILE')}`" in DEPLOY or f"`{name}`" in DEPLOY


def test_the_secrets_are_made_once_and_fit_the_program(tmp_path: Path) -> None:
    script = tmp_path / "scripts" / "docker" / "make-secrets"
    script.parent.mkdir(parents=True)
    script.write_bytes((PROJECT / "scripts" / "docker" / "make-secrets").read_bytes())
    script.chmod(0o755)
    subprocess.run([script], check=True, capture_output=True)
    made = tmp_path / "secrets"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {file.name for file in made.iterdir()} == set(COMPOSE["secrets"])

    from cryptography.fernet import Fernet

    from backend.settings import database

    Fernet((made / "field_keys").read_text(encoding="ascii"))
    owner = database((made / "database_owner_url").read_text(encoding="ascii"))
    assert (owner["USER"], owner["HOST"], owner["NAME"]) == ("giaoban_owner", "database", "giaoban")
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    assert subprocess.run([script], capture_output=True, check=False).returncode == 1
    (made / "database_public_url").unlink()  # as of a version before the public site
    subprocess.run([script], check=True, capture_output=True)
    after = {file.name: file.read_bytes() for file in made.iterdir()}
    assert after.keys() == before.keys()
    changed = {name for name, data in after.items() if data != before[name]}
    assert changed == {"database_public_url"}


@pytest.mark.django_db
def test_a_role_that_a_volume_lacks_is_made_and_the_others_stay(tmp_path: Path) -> None:
    """The script of the database's image, run on a server that has two of the three roles."""
    tail, server = token_hex(4), connection.settings_dict
    owner, program, public, name = (f"{role}_{tail}" for role in ("own", "run", "read", "company"))
    for file, role in (("owner_", owner), ("", program), ("public_", public)):
        url = f"postgresql://{role}:secret-{role}@database:5432/{name}"
        (tmp_path / f"database_{file}url").write_text(url, encoding="ascii")
    programs = [str(folder) for folder in binary_folders()]
    environment = {
        "SECRETS": str(tmp_path), "POSTGRES_USER": server["USER"], "PGHOST": server["HOST"],
        "PGPORT": str(server["PORT"]), "PGPASSWORD": server["PASSWORD"],
        "PATH": ":".join([*programs, os.environ["PATH"]]),
    }  # fmt: skip
    to = {"host": server["HOST"], "port": server["PORT"]}
    admin = psycopg2.connect(dbname="postgres", user=server["USER"], password=server["PASSWORD"], **to)  # fmt: skip
    admin.autocommit = True
    cursor = admin.cursor()
    cursor.execute(f"CREATE ROLE {owner} LOGIN; CREATE ROLE {program} LOGIN PASSWORD 'its own'")
    try:
        for _again in range(2):
            script = PROJECT / "scripts" / "docker" / "roles.sh"
            subprocess.run(["sh", script], env=environment, check=True)
        for role, password in ((public, f"secret-{public}"), (program, "its own")):
            psycopg2.connect(dbname=name, user=role, password=password, **to).close()
    finally:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"DROP ROLE IF EXISTS {owner}, {program}, {public}")
        admin.close()


def test_the_image_contains_every_package_of_the_program() -> None:
    for package in ("backend", "attendance", "sales", "reporting"):
        assert f"COPY {package} {package}" in DOCKERFILE
        assert f"!{package}\n" in (PROJECT / ".dockerignore").read_text(encoding="utf-8")
