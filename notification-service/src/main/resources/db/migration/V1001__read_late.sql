-- Whether the event that owes a mail was old when it was read: then there may be newer ones that end the state it is about,
-- and the mail waits until they have been read.
alter table mail add column read_late boolean not null default false;
