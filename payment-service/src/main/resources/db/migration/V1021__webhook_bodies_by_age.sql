set lock_timeout = 0;
drop index concurrently if exists webhook_event_body;
create index concurrently webhook_event_body on webhook_event (state, next_at) where state <> 'waiting' and body is not null;
set lock_timeout = '1s';
