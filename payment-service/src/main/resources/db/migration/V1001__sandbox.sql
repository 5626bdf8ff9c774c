-- The sandbox's own tables. To the rest of this service it is a stranger: nothing else reads or writes them.
create schema sandbox;

create sequence sandbox.payment_number;

create table sandbox.session (
    id             text        not null primary key,
    key            uuid        not null unique,       -- the customer's idempotency key
    registration   uuid        not null,
    state          text        not null default 'open' check (state in ('open', 'confirming', 'captured', 'ended')),
    amount         bigint      not null check (amount > 0),
    currency       text        not null,
    details        text        not null,              -- what the page shows, JSON
    created_at     timestamptz not null,
    card           text,                              -- the test card that paid
    payment_number bigint      unique,                -- in the order of the captures
    refunded       bigint      not null default 0 check (refunded between 0 and amount),
    dispute_at     timestamptz
);
create index session_dispute_at on sandbox.session (dispute_at) where dispute_at is not null;

-- Each try with a card; one that was captured is the payment.
create table sandbox.try (
    id       text        not null primary key,
    session  text        not null references sandbox.session,
    tried_at timestamptz not null,
    card     text        not null,
    outcome  text        not null check (outcome in ('processing', 'captured', 'declined')),
    reason   text
);
create index try_session on sandbox.try (session);

create table sandbox.refund (
    id         text        not null primary key,
    key        uuid        not null unique,
    payment    text        not null,
    amount     bigint      not null,
    currency   text        not null,
    state      text        not null check (state in ('done', 'failed')),
    reason     text,
    created_at timestamptz not null
);

create table sandbox.dispute (
    id        text        not null primary key,
    session   text        not null references sandbox.session,
    payment   text        not null,
    amount    bigint      not null,
    currency  text        not null,
    state     text        not null check (state in ('open', 'won', 'lost')),
    opened_at timestamptz not null,
    ended_at  timestamptz
);
create index dispute_session on sandbox.dispute (session);

-- Deliveries: one message may be in here twice, or dropped, where a fault says so.
create table sandbox.webhook (
    id         bigint      not null primary key generated always as identity,
    event_id   uuid        not null,
    body       text        not null,
    state      text        not null default 'waiting' check (state in ('waiting', 'delivered', 'dropped')),
    tries      integer     not null default 0,
    deliver_at timestamptz not null
);
create index webhook_deliver_at on sandbox.webhook (deliver_at) where state = 'waiting';

create table sandbox.faults (
    only_row                  boolean          not null primary key default true check (only_row),
    latency_ms                bigint           not null default 0,
    error_rate                double precision not null default 0,
    timeout_after_charge_rate double precision not null default 0,
    webhook_drop_rate         double precision not null default 0,
    webhook_duplicate_rate    double precision not null default 0,
    webhook_delay_ms          bigint           not null default 0,
    webhook_shuffle           boolean          not null default false
);
insert into sandbox.faults default values;
