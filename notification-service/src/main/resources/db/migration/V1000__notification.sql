-- What was heard, and the mails that it owes.

create table conference (
    slug      text    not null primary key,
    name      text    not null,
    full_name text,
    starts_on date    not null,
    ends_on   date    not null,
    time_zone text    not null,
    city      text,
    region    text,
    country   text,
    sample    boolean not null
);

-- The newest state of a registration and of its payment (JSON), whichever was heard of first. This row is the lock that covers
-- the registration's key in the outbox.
create table registration (
    id            uuid   not null primary key,
    state         text,
    payment       text,
    -- by the machine's clock, unlike the instants inside the state
    hold_ends_at  timestamptz,
    mail_sequence bigint not null default 0
);

-- Inserted when it is owed, before anything is composed. A kind that is owed once has an empty "about"; one that is owed
-- for each refund has the refund's id there. A copy was asked for by a person.
create table mail (
    id              uuid        not null primary key,
    registration_id uuid        not null references registration (id),
    kind            text        not null,
    about           text        not null default '',
    copy            integer     not null default 0,
    requested_by    text,
    state           text        not null default 'waiting'
                                check (state in ('waiting', 'sent', 'failed', 'bounced', 'superseded')),
    recipient       text        not null,
    owed_from       timestamptz not null,
    next_try_at     timestamptz not null,
    attempts        integer     not null default 0,
    leased_by       uuid,
    leased_until    timestamptz,
    reason          text,
    created_at      timestamptz not null,
    state_since     timestamptz not null,
    -- as it was sent, without the access token
    subject         text,
    text_body       text,
    html_body       text,
    unique (registration_id, kind, about, copy)
);
create index mail_waiting on mail (next_try_at) where state = 'waiting';
create index mail_recipient on mail (lower(recipient), id);
create index mail_state on mail (state, id);

-- The first answer to a request that bore an Idempotency-Key.
create table remembered_answer (
    call            text        not null,
    subject         uuid        not null,
    idempotency_key text        not null,
    request_hash    text        not null,
    answer          text        not null,
    answered_at     timestamptz not null default clock_timestamp(),
    primary key (call, subject, idempotency_key)
);
create index remembered_answer_age on remembered_answer (answered_at);
