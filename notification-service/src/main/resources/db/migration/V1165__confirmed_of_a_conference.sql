-- Badges of a conference are read in the order of the registrations' ids, those of a small one beside a large one, too.
set lock_timeout = 0;
drop index concurrently if exists projection_confirmed;
create index concurrently projection_confirmed on projection ((state::json ->> 'conference'), id) where state::json ->> 'status' = 'confirmed';
set lock_timeout = '1s';
