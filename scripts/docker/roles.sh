#!/bin/sh
# The three roles and the database, as their secrets name them; what is there already stays as it is.
# The database's image runs it when its volume is empty. After an update that brings a new role:
#   docker compose exec -u postgres database sh /docker-entrypoint-initdb.d/roles.sh
set -eu
secrets=${SECRETS:-/run/secrets}
user() { sed 's#^postgresql://\([^:]*\):.*#\1#' "$secrets/$1"; }
password() { sed 's#^postgresql://[^:]*:\([^@]*\)@.*#\1#' "$secrets/$1"; }
name=$(sed 's#^.*/##' "$secrets/database_owner_url")
psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d postgres -v name="$name" \
    -v owner="$(user database_owner_url)" -v owner_password="$(password database_owner_url)" \
    -v program="$(user database_url)" -v program_password="$(password database_url)" \
    -v public="$(user database_public_url)" -v public_password="$(password database_public_url)" \
    <<'SQL'
SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', role, password)
FROM (VALUES (:'owner', :'owner_password'), (:'program', :'program_password'),
             (:'public', :'public_password')) AS wanted(role, password)
WHERE role NOT IN (SELECT rolname FROM pg_roles) \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
WHERE :'name' NOT IN (SELECT datname FROM pg_database) \gexec
SQL
