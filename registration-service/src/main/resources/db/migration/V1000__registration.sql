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
    -- The machine's time of the last batch: no time of a batch is that of the one before, or earlier.
    judged_at      timestamptz not null default '-infinity',
    next_reference integer     not null default 0
);

-- What is taken of each limited number: 'capacity', 'category:student', 'add-on:banquet', 'voucher:CODE'.
create table quota (
    conference text    not null,
    code       text    not null,
    held       integer not null default 0 check (held >= 0),
    sold       integer not null default 0 check (sold >= 0),
    -- When something was left again after nothing was, by the machine's time; it is sold a second later.
    freed_at   timestamptz,
    primary key (conference, code)
);

-- No foreign keys here and below, and json rather than jsonb: all writers hold the conference's lock and write whole batches,
-- and what checks each row again costs more than the row.
-- Rows of two to eight kilobytes are kept as they are: compressing them would cost more than the disk they save.
create table registration (
    id              uuid        not null primary key,
    conference      text        not null,
    reference       text        not null,
    status          text        not null,
    revision        bigint      not null,
    hold_expires_at timestamptz,
    captured        bigint      not null default 0,
    refunded        bigint      not null default 0,
    created_at      timestamptz not null,
    changed_at      timestamptz not null,
    document        json        not null,
    unique (conference, reference)
) with (toast_tuple_target = 8160);
create index registration_hold on registration (hold_expires_at) where hold_expires_at is not null;

-- Who is in a registration, to be found by address.
create table attendee (
    registration_id uuid not null,
    id              uuid not null,
    conference      text not null,
    email           text not null,
    primary key (registration_id, id)
);
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
    -- Whether the ask that it came with is answered: before, the document may yet name it; after, it names it or never will.
    decided         boolean     not null default false,
    -- When it was seen by the machine's clock that the review had ended.
    settled_at      timestamptz
);
create index proof_registration on proof (registration_id);
create index proof_attendee on proof (attendee_id);

create table timeline (
    registration_id uuid        not null,
    id              bigint      not null generated always as identity,
    at              timestamptz not null,
    what            text        not null,
    detail          text,
    mail_id         uuid,
    primary key (registration_id, id)
);
create unique index timeline_mail on timeline (mail_id, what) where mail_id is not null;

-- First answers, for those who ask again: 'register:mlsys-2026', 'cancel:<registration>' and the like. Looked up and inserted
-- under the conference's lock, which is why no index forbids a second row; a partition for each day, dropped whole.
create table idempotency (
    -- The first 64 bits of the SHA-256 of scope and key.
    fingerprint     bigint      not null,
    scope           text        not null,
    key             text        not null,
    body_hash       text        not null,
    registration_id uuid,
    status          integer     not null,
    answer          text        not null,
    -- That of the batch, so that it grows from one to the next: what is new is what is later.
    admitted_at     timestamptz not null
) partition by range (admitted_at);
create index idempotency_fingerprint on idempotency (fingerprint);
create index idempotency_admitted_at on idempotency (admitted_at);

create table audit (
    id              bigint      not null generated always as identity primary key,
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
