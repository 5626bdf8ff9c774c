-- takes a moment: it makes functions, operators and no table.
create extension if not exists pg_trgm;
