set lock_timeout = 0;
drop index concurrently if exists audit_who;
create index concurrently audit_who on audit (who, coalesce(person, ''), entry);
drop index concurrently if exists audit_what;
create index concurrently audit_what on audit (what, entry);
drop index concurrently if exists audit_at;
create index concurrently audit_at on audit (at, entry);
set lock_timeout = '1s';
