-- What the desk's lists and search find registrations by. It is filled after the commit from what a registration is by then, so that
-- the sale writes none of it and every row can be made again.
create table desk_registration (
    id          uuid        not null primary key,
    conference  text        not null,
    created_at  timestamptz not null,
    -- Of the form of the rows: an older one is made again.
    version     integer     not null,
    -- What an organiser has to do, since when, and until when where that is known.
    needs       text[]        not null,
    needs_since timestamptz[] not null,
    needs_due   timestamptz[] not null,
    -- Since when something has to be done, or never.
    oldest_need timestamptz   not null,
    -- Its part of "sale_minute", which is taken back before it changes.
    counted     json          not null,
    -- In lower case what it is searched for by, and in upper case with a colon what lists choose by.
    words       tsvector      not null
);
create index desk_registration_newest on desk_registration (conference, created_at, id);
create index desk_registration_need on desk_registration (conference, oldest_need, id);
create index desk_registration_words on desk_registration using gin (words);
create index desk_registration_version on desk_registration (version);

create table desk_attendee (
    id           uuid     not null primary key,
    registration uuid     not null,
    conference   text     not null,
    -- By which they are sorted: the names in lower case, the family's first.
    name_key     text     not null,
    words        tsvector not null
);
create index desk_attendee_name on desk_attendee (conference, name_key, id);
create index desk_attendee_words on desk_attendee using gin (words);

-- What happened in a minute of business time, in registrations and in money.
create table sale_minute (
    conference text        not null,
    at         timestamptz not null,
    registered integer     not null,
    confirmed  integer     not null,
    ended      integer     not null,
    captured   bigint      not null,
    refunded   bigint      not null,
    primary key (conference, at)
) with (fillfactor = 50);

-- Mails that could not be sent or came back, while no later one of their kind goes.
create table failed_mail (
    id              uuid        not null primary key,
    registration_id uuid        not null,
    kind            text        not null,
    state           text        not null,
    at              timestamptz not null
);
create index failed_mail_registration on failed_mail (registration_id);

-- How far the walk over all registrations is that makes the rows which are missing; without a row it begins.
create table desk_build (
    only_row boolean     not null primary key default true check (only_row),
    behind   uuid        not null,
    done_at  timestamptz
);
