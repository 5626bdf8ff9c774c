#!/bin/bash
# A database and an account for each service, when the server is started for the first time. No account sees another's.
set -euo pipefail
for name in registration payment notification; do
  variable=${name^^}_DATABASE_PASSWORD
  password=${!variable:-$(cat "/run/secrets/$variable" 2>/dev/null || true)}
  if [ -z "$password" ]; then
    echo "$variable is missing" >&2
    exit 1
  fi
  psql -v ON_ERROR_STOP=1 -v name="$name" -v password="$password" --username postgres --dbname postgres <<'SQL'
    create role :"name" login password :'password';
    create database :"name" owner :"name";
    revoke connect on database :"name" from public;
SQL
done
