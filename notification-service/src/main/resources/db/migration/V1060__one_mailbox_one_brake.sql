-- The links that end it name the reader: a keyed hash of conference and address, so that one from any mail ever sent ends what is
-- subscribed to now, though its subscriber has left and asked again since. Empty for who asked before there was one: their links
-- name the row.
alter table subscriber add column reader uuid;
create unique index subscriber_reader on subscriber (coalesce(reader, id));

-- The language of the last request. Anybody can make one, so it is that of the mail to confirm, and the reader's when they confirm.
alter table subscriber add column asked_locale text;

-- When somebody's mailbox was last asked to confirm, kept when they leave without having confirmed anything. It names nobody: the
-- key is a keyed hash of conference and address, without the part after a plus. Removed after eight days.
create table opt_in_brake (
    mailbox    uuid        not null primary key,
    -- When the last mail to confirm was due, or will be.
    mailed_at  timestamptz,
    -- How many such mails there were since the last that was answered.
    unanswered integer     not null default 0
);
create index opt_in_brake_age on opt_in_brake (mailed_at);
