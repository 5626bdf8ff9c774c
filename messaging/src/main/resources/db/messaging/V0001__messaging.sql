-- What this service says (outbox), what it has read (inbox, command_done) and what it could not apply (parked_message).

-- Which life of the database a transaction id belongs to: a logical restore starts the ids anew, on another server.
create table database_incarnation (
    number            integer     not null primary key,
    system_identifier bigint      not null,
    since             timestamptz not null default clock_timestamp()
);

-- Read in the order (incarnation, transaction_id, position) up to the oldest transaction that still writes.
-- Rows of two to eight kilobytes are kept as they are: compressing them would cost more than the disk they save for a while.
create table outbox (
    incarnation    integer     not null,
    transaction_id xid8        not null default pg_current_xact_id(),
    position       bigint      not null generated always as identity,
    topic          text        not null,
    message_key    text        not null,
    headers        text        not null,
    body           text        not null,
    appended_at    timestamptz not null default clock_timestamp(),
    primary key (incarnation, transaction_id, position)
) with (toast_tuple_target = 8160);
create index outbox_appended_at on outbox using brin (appended_at);

-- How far the relay came, and who may move it. The epoch is raised by every take-over and checked by every move.
create table outbox_cursor (
    only_row       boolean     not null primary key default true check (only_row),
    incarnation    integer     not null default 0,
    transaction_id xid8        not null default '0',
    position       bigint      not null default 0,
    epoch          bigint      not null default 0,
    owner          text,
    leased_until   timestamptz not null default '-infinity'
);
insert into outbox_cursor default values;

-- The highest sequence applied, for each topic and key.
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

create table parked_message (
    id             uuid        not null primary key,
    consumer_group text        not null,
    topic          text        not null,
    record_partition integer   not null,
    record_offset  bigint      not null,
    message_key    text,
    headers        text        not null,
    body           bytea,
    reason         text        not null,
    cause          text        not null,
    parked_at      timestamptz not null default clock_timestamp(),
    state          text        not null default 'open' check (state in ('open', 'replayed', 'discarded')),
    unique (consumer_group, topic, record_partition, record_offset)
);
