set lock_timeout = 0;
drop index concurrently if exists check_in_counted;
create index concurrently check_in_counted on check_in (conference, gate, category) where undone_at is null;
set lock_timeout = '1s';
