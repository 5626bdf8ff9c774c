-- What this service says (outbox), what it has read (inbox, command_done) what it could not apply (parked_message),
-- and what operators did about it (operator_act).

-- Which life of the database a transaction id belongs to: a logical restore starts the ids anew, on another server.
create table database_incarnation (
    number            integer     not null primary key,
    system_identifier bigint      not null,
    since             timestamptz not null default clock_timestamp()
);

insert into database_incarnation (number, system_identifier) select 1, system_identifier from pg_control_system();

-- Read in the order (incarnation, transaction_id, position) up to the oldest transaction that still writes. A day each is a
-- partition of its own, made ahead and dropped whole by the library. Relays share the buckets, into which keys fall by their
-- hash.
create sequence outbox_position;
create table outbox (
    incarnation    integer     not null,
    transaction_id xid8        not null default pg_current_xact_id(),
    position       bigint      not null default nextval('outbox_position'),
    bucket         smallint    not null generated always as ((hashtextextended(message_key, 0) & 15)::smallint) stored,
    topic          text        not null,
    message_key    text        not null,
    headers        text        not null,
    body           text        not null,
    appended_at    timestamptz not null default clock_timestamp()
) partition by range (appended_at);
create index outbox_order on outbox (incarnation, transaction_id, position);

-- How far each bucket was relayed, and who may move it: an owner that is there, see below. The epoch is raised by every
-- take-over and checked by every move.
create table outbox_cursor (
    bucket         smallint    not null primary key,
    incarnation    integer     not null default 0,
    transaction_id xid8        not null default '0',
    position       bigint      not null default 0,
    epoch          bigint      not null default 0,
    owner          uuid
) with (fillfactor = 25);
insert into outbox_cursor (bucket) select generate_series(0, 15);

-- The instances that relay, each until its lease ends or is renewed.
create table outbox_relay (
    id            uuid        not null primary key,
    present_until timestamptz not null
) with (fillfactor = 25);

-- The highest sequence applied, for each topic and key. Kept as long as what the keys stand for, as are the commands that
-- were done: a dead letter may be replayed, or a topic read again, at any time.
create table inbox (
    topic       text   not null,
    message_key text   not null,
    sequence    bigint not null,
    primary key (topic, message_key)
);

create table command_done (
    id      uuid        not null primary key,
    done_at timestamptz not null default clock_timestamp()
);

-- A record is known by its hash: its copies, as when an outbox is relayed again, are the same letter, open or closed, and
-- offsets start anew when a broker has lost what it had. Whoever replays one claims it for a while, so that two at once do it once. Closed and old ones lose their body.
create table parked_message (
    id             uuid        not null primary key,
    consumer_group text        not null,
    topic          text        not null,
    record_partition integer   not null,
    record_offset  bigint      not null,
    record_sha256  bytea       not null,
    message_key    text,
    headers        text        not null,
    body           bytea,
    reason         text        not null,
    cause          text        not null,
    parked_at      timestamptz not null default clock_timestamp(),
    state          text        not null default 'open' check (state in ('open', 'replayed', 'discarded')),
    claimed_until  timestamptz,
    unique (consumer_group, topic, record_sha256)
);
-- How many are open is asked for with every status, and which they are with every list.
create index parked_message_open on parked_message (id) where state = 'open';

-- What operators did, with a parked message or with the outbox.
create table operator_act (
    id             bigint      not null generated always as identity primary key,
    at             timestamptz not null default clock_timestamp(),
    who            text        not null,
    what           text        not null check (what in ('dry-run', 'replay', 'discard', 'relay-again')),
    parked_message uuid references parked_message (id),
    why            text,
    outcome        text        not null,
    detail         text
);
create index operator_act_parked_message on operator_act (parked_message);
