-- How often a mail was handed to the mail server, and what the server said last. "attempts" counts refusals alone, by which the
-- next try is put off.
alter table mail add column tries integer not null default 0;
alter table mail add column last_answer text;

-- Each kind of mail waits in a lane of its own, and so do copies that people asked for: the oldest of each is found at once,
-- however long another lane is.
create index mail_lane on mail (kind, next_try_at, id) where state = 'waiting' and copy = 0;
create index mail_copies on mail (next_try_at, id) where state = 'waiting' and copy > 0;
drop index mail_waiting;
