#!/bin/sh
# Run once by the database's image when its volume is empty: the two roles and the database.
set -eu
password() { sed 's#^postgresql://[^:]*:\([^@]*\)@.*#\1#' "/run/secrets/$1"; }
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
    -v owner="$(password database_owner_url)" -v program="$(password database_url)" <<'SQL'
CREATE ROLE giaoban_owner LOGIN PASSWORD :'owner';
CREATE ROLE giaoban LOGIN PASSWORD :'program';
CREATE DATABASE giaoban OWNER giaoban_owner;
SQL
