-- How far business time was ahead of the machine's time when the mail's state was noted, in milliseconds: 0 in a deployment. The instant itself
-- is the machine's.
alter table failed_mail add column ahead_millis bigint not null default 0;
