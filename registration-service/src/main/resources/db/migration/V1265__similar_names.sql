set lock_timeout = 0;
drop index concurrently if exists desk_attendee_similar;
create index concurrently desk_attendee_similar on desk_attendee using gin (name_key gin_trgm_ops);
set lock_timeout = '1s';
