-- When the last three mails that anybody can ask for went to a mailbox, which is a keyed hash. Deleted when an hour old.
create table mailbox_brake (
    mailbox   uuid          not null primary key,
    mailed_at timestamptz[] not null,
    last_at   timestamptz   not null
);
create index mailbox_brake_age on mailbox_brake (last_at);

-- When mails about unpaid registrations were due to a mailbox within a day, or will be. Deleted after eight days.
create table unpaid_brake (
    mailbox   uuid          not null primary key,
    mailed_at timestamptz[] not null,
    last_at   timestamptz   not null
);
create index unpaid_brake_age on unpaid_brake (last_at);

-- The registrations of the one mail for many. Deleted after eight days.
create table mail_part (
    mail_id         uuid        not null,
    registration_id uuid        not null,
    added_at        timestamptz not null,
    primary key (mail_id, registration_id)
);
create index mail_part_age on mail_part (added_at);
