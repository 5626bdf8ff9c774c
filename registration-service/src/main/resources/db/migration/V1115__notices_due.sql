-- When the next sale notice of a conference may be due, in business time; a change makes it due at once.
alter table conference add column notices_due_at timestamptz not null default '-infinity';
create index conference_notices_due on conference (notices_due_at);
