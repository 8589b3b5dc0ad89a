#!/bin/sh
# Run once by the database's image when its volume is empty: the three roles and the database.
set -eu
password() { sed 's#^postgresql://[^:]*:\([^@]*\)@.*#\1#' "/run/secrets/$1"; }
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
    -v owner="$(password database_owner_url)" -v program="$(password database_url)" \
    -v public="$(password database_public_url)" <<'SQL'
CREATE ROLE giaoban_owner LOGIN PASSWORD :'owner';
CREATE ROLE giaoban LOGIN PASSWORD :'program';
CREATE ROLE giaoban_public LOGIN PASSWORD :'public';
CREATE DATABASE giaoban OWNER giaoban_owner;
SQL
