-- A payment is about one registration. Its row is the lock under which all that belongs to it changes and is said.
create table payment (
    registration_id uuid        not null primary key,
    revision        integer     not null default 0,  -- of the request that holds; 0 while there is none
    request         text,                            -- that request's body
    requested_at    timestamptz,                     -- its ce_time, from which its seconds count
    sessions_end_at timestamptz,                     -- when an open session is ended; null where nothing can be paid
    closed_because  text,
    sequence        bigint      not null default 0,  -- of the last event
    created_at      timestamptz not null default clock_timestamp(),
    check ((revision = 0) = (request is null))
);

-- One attempt to pay at a provider. Its id is the provider's idempotency key.
create table payment_session (
    id               uuid        not null primary key,
    registration_id  uuid        not null references payment,
    provider         text        not null,
    amount           bigint      not null check (amount > 0),
    currency         text        not null,
    state            text        not null check (state in ('opening', 'open', 'ending', 'ended', 'captured')),
    provider_session text,
    url              text,
    asked_at         timestamptz not null,
    next_at          timestamptz not null            -- when a job looks at it next
);
create index payment_session_registration on payment_session (registration_id);
create unique index payment_session_one_open on payment_session (registration_id) where state in ('opening', 'open');
create index payment_session_next on payment_session (next_at) where state in ('opening', 'open', 'ending');

-- What came of a payer's tries.
create table payment_try (
    provider        text        not null,
    id              text        not null,
    registration_id uuid        not null references payment,
    tried_at        timestamptz not null,
    outcome         text        not null check (outcome in ('processing', 'captured', 'captured-twice', 'declined')),
    reason          text,
    primary key (provider, id)
);
create index payment_try_registration on payment_try (registration_id);

create table payment_capture (
    id               uuid        not null primary key,
    registration_id  uuid        not null references payment,
    provider         text        not null,
    provider_payment text        not null,
    amount           bigint      not null check (amount > 0),
    currency         text        not null,
    captured_at      timestamptz not null,
    surplus          boolean     not null,            -- a second one, which goes back by itself and is not reported
    answered         boolean     not null,            -- whether it was commanded to keep or to refund it
    told_at          timestamptz not null,
    told_again       integer     not null default 0,
    unique (provider, provider_payment)
);
create index payment_capture_registration on payment_capture (registration_id);
create index payment_capture_unanswered on payment_capture (told_at) where not answered;

-- Its id is the provider's idempotency key.
create table payment_refund (
    id              uuid        not null primary key,
    registration_id uuid        not null references payment,
    capture_id      uuid        references payment_capture,  -- null until there is one
    amount          bigint      not null check (amount >= 0),
    currency        text        not null,
    reason          text        not null,
    state           text        not null check (state in ('pending', 'done', 'failed')),
    changed_at      timestamptz not null,
    asked_at        timestamptz not null,
    surplus         boolean     not null,
    provider_refund text,
    failure         text,
    next_at         timestamptz not null
);
create index payment_refund_registration on payment_refund (registration_id);
create index payment_refund_next on payment_refund (next_at) where state = 'pending' and capture_id is not null;

create table payment_dispute (
    id               uuid        not null primary key,
    registration_id  uuid        not null references payment,
    capture_id       uuid        not null references payment_capture,
    provider         text        not null,
    provider_dispute text        not null,
    amount           bigint      not null check (amount > 0),
    currency         text        not null,
    state            text        not null check (state in ('open', 'won', 'lost')),
    changed_at       timestamptz not null,
    unique (provider, provider_dispute)
);
create index payment_dispute_registration on payment_dispute (registration_id);

-- Double entry, one row for each act: the amount leaves one account and enters another.
create table ledger (
    id              bigint      not null primary key generated always as identity,
    posted_at       timestamptz not null,
    registration_id uuid        not null,
    act             text        not null,
    debit           text        not null,
    credit          text        not null check (credit <> debit),
    amount          bigint      not null check (amount > 0),
    currency        text        not null,
    about           uuid        not null,
    unique (about, act)
);
create index ledger_registration on ledger (registration_id);

create function ledger_is_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is only added to';
end
$$;
create trigger ledger_is_only_added_to before update or delete or truncate on ledger
    for each statement execute function ledger_is_only_added_to();

-- What providers told, byte for byte, until it is applied and after.
create table webhook_event (
    provider    text        not null,
    event_id    text        not null,
    body        bytea       not null,
    received_at timestamptz not null,
    state       text        not null default 'waiting' check (state in ('waiting', 'applied', 'given-up')),
    tries       integer     not null default 0,
    next_at     timestamptz not null,
    problem     text,
    primary key (provider, event_id)
);
create index webhook_event_next on webhook_event (next_at) where state = 'waiting';
