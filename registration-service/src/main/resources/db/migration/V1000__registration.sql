create table conference (
    slug         text        not null primary key,
    revision     bigint      not null,
    definition   json        not null,
    sale_state   text        not null default 'open' check (sale_state in ('open', 'paused')),
    sale_message text,
    created_at   timestamptz not null default clock_timestamp(),
    changed_at   timestamptz not null default clock_timestamp()
);

-- The one row that every change to a conference's limits and registrations locks first.
create table inventory (
    conference     text        not null primary key,
    -- The machine's time of the last batch: business time never goes back from one batch to the next.
    judged_at      timestamptz not null default '-infinity',
    next_reference integer     not null default 0
);

-- What is taken of each limited number: 'capacity', 'category:student', 'add-on:banquet', 'voucher:CODE'.
create table quota (
    conference text    not null references conference,
    code       text    not null,
    held       integer not null default 0 check (held >= 0),
    sold       integer not null default 0 check (sold >= 0),
    primary key (conference, code)
);

create table registration (
    id              uuid        not null primary key,
    conference      text        not null references conference,
    reference       text        not null,
    status          text        not null,
    revision        bigint      not null,
    hold_expires_at timestamptz,
    captured        bigint      not null default 0,
    refunded        bigint      not null default 0,
    created_at      timestamptz not null,
    changed_at      timestamptz not null,
    document        jsonb       not null,
    unique (conference, reference)
);
create index registration_hold on registration (hold_expires_at) where hold_expires_at is not null;
create index registration_of_conference on registration (conference, id);

-- Who is in a registration, to be found by address.
create table attendee (
    id              uuid not null primary key,
    registration_id uuid not null references registration,
    conference      text not null,
    email           text not null
);
create index attendee_registration on attendee (registration_id);
create index attendee_email on attendee (conference, email);

-- What was sent in to prove that somebody is of their category. Which file counts stands in the registration's document.
create table proof (
    id              uuid        not null primary key,
    registration_id uuid        not null,
    attendee_id     uuid        not null,
    content_type    text        not null,
    size            integer     not null,
    -- Of kinds that are compressed already.
    bytes           bytea       storage external not null,
    uploaded_at     timestamptz not null default clock_timestamp(),
    -- When it was seen by the machine's clock that the review had ended.
    settled_at      timestamptz
);
create index proof_registration on proof (registration_id);
create index proof_attendee on proof (attendee_id);

create table timeline (
    id              bigint      not null generated always as identity primary key,
    registration_id uuid        not null,
    at              timestamptz not null,
    what            text        not null,
    detail          text,
    mail_id         uuid,
    unique (mail_id, what)
);
create index timeline_registration on timeline (registration_id, id);

-- First answers, for those who ask again: 'register:mlsys-2026', 'cancel:<registration>' and the like.
create table idempotency (
    scope           text        not null,
    key             text        not null,
    body_hash       text        not null,
    registration_id uuid,
    status          integer     not null,
    answer          json        not null,
    created_at      timestamptz not null default clock_timestamp(),
    primary key (scope, key)
);
create index idempotency_created_at on idempotency using brin (created_at);

create table audit (
    id              uuid        not null primary key,
    at              timestamptz not null,
    who             text        not null,
    what            text        not null,
    conference      text,
    registration_id uuid,
    before          jsonb,
    after           jsonb,
    why             text
);

-- How far business time is moved, in a rehearsal.
create table rehearsal_clock (
    only_row      boolean not null primary key default true check (only_row),
    offset_millis bigint  not null
);
