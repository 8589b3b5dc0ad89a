"""The program's database and its three roles inside our own cluster."""

import os
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql

from backend.env import env_secret
from scripts.launcher.postgres import Cluster

#: Owns the database and its tables; only migrations use it.
OWNER = "giaoban_owner"
#: What the program connects as: owns nothing (backend/database_roles.py grants it the rows).
PROGRAM = "giaoban"
#: What the public site connects as: reads the few tables it shows.
PUBLIC = "giaoban_public"
DATABASE = "giaoban"


@dataclass(frozen=True)
class Addresses:
    """postgresql:// addresses of one database, as the program's role, the owner, the public site."""

    program: str
    owner: str
    public: str = ""


def external() -> Addresses | None:
    """The database named by DATABASE_URL (or DATABASE_URL_FILE), if there is one."""
    if not os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_URL_FILE"):
        return None
    program = env_secret("DATABASE_URL")
    return Addresses(
        program,
        env_secret("DATABASE_OWNER_URL", program),
        env_secret("DATABASE_PUBLIC_URL", program),
    )


def own(cluster: Cluster) -> Addresses:
    """Those of the database in our own cluster."""
    return Addresses(
        cluster.url(user=PROGRAM, file="program_password", name=DATABASE),
        cluster.url(user=OWNER, file="owner_password", name=DATABASE),
        cluster.url(user=PUBLIC, file="public_password", name=DATABASE),
    )


def ensure_database(cluster: Cluster) -> None:
    """Make the roles and the database if need be, and set the passwords to those in var/secrets."""
    connection = psycopg2.connect(cluster.url(name="postgres"))
    connection.autocommit = True  # CREATE DATABASE refuses to run in a transaction
    with connection.cursor() as cursor:
        _ensure_role(cursor, OWNER, cluster.secrets.read("owner_password"))
        _ensure_role(cursor, PROGRAM, cluster.secrets.read("program_password"))
        _ensure_role(cursor, PUBLIC, cluster.secrets.read("public_password"))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            cursor.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
    connection.close()


def _ensure_role(cursor: "psycopg2.extensions.cursor", role: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
    cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def is_empty(addresses: Addresses) -> bool:
    """Whether nobody has an account yet: a fresh database, or one whose loading was broken off."""
    connection = psycopg2.connect(addresses.owner)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM accounts_user)")
        (answer,) = cursor.fetchone()
    connection.close()
    return bool(answer)
