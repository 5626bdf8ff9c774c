set lock_timeout = 0;
drop index concurrently if exists audit_entry;
create unique index concurrently audit_entry on audit (entry);
drop index concurrently if exists audit_registration;
create index concurrently audit_registration on audit (registration_id, entry) where registration_id is not null;
drop index concurrently if exists audit_conference;
create index concurrently audit_conference on audit (conference, entry) where conference is not null;
set lock_timeout = '1s';
