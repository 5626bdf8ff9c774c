create schema one;

create table one.conference (
    slug           text primary key,
    next_reference integer not null
);

create table one.quota (
    conference text    not null,
    code       text    not null,
    held       integer not null,
    sold       integer not null,
    primary key (conference, code)
);

create table one.registration (
    id         uuid primary key,
    conference text        not null,
    reference  text        not null unique,
    status     text        not null,
    created_at timestamptz not null,
    document   json        not null
);

create table one.attendee (
    id              uuid primary key,
    registration_id uuid not null,
    conference      text not null,
    email           text not null
);
create index on one.attendee (conference, lower(email));

create table one.idempotency (
    scope           text    not null,
    key             text    not null,
    body_hash       text    not null,
    registration_id uuid,
    status          integer not null,
    answer          text    not null,
    primary key (scope, key)
);

create table one.timeline (
    id              bigint generated always as identity primary key,
    registration_id uuid        not null,
    at              timestamptz not null,
    what            text        not null,
    detail          text
);
create index on one.timeline (registration_id);

create table one.payment (
    registration_id uuid primary key,
    document        json not null
);

create table one.webhook (
    provider    text        not null,
    id          text        not null,
    body        bytea       not null,
    received_at timestamptz not null,
    primary key (provider, id)
);

create table one.ledger (
    id              bigint generated always as identity primary key,
    posted_at       timestamptz not null,
    registration_id uuid        not null,
    act             text        not null,
    debit           text        not null,
    credit          text        not null,
    amount          bigint      not null,
    currency        text        not null,
    about           uuid        not null
);
create index on one.ledger (registration_id);

create table one.series (
    kind        text    not null,
    year        integer not null,
    last_number integer not null,
    primary key (kind, year)
);

create table one.document (
    kind            text not null,
    number          text not null,
    registration_id uuid not null,
    body            json not null,
    primary key (kind, number)
);

create table one.mail (
    id              uuid primary key,
    registration_id uuid        not null,
    kind            text        not null,
    recipient       text        not null,
    state           text        not null,
    created_at      timestamptz not null,
    sent_at         timestamptz,
    unique (registration_id, kind)
);
