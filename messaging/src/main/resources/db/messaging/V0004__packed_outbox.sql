-- What one append publishes is a row: up to 256 messages or 1 MB of their frames, compressed from 2 kB on. The service is
-- stopped meanwhile; an instance of the version before finds no column that it knows, and writes nothing.
alter table outbox rename to outbox_unpacked;
alter index outbox_order rename to outbox_unpacked_order;

create table outbox (
    incarnation    integer     not null,
    transaction_id xid8        not null default pg_current_xact_id(),
    position       bigint      not null default nextval('outbox_position'),
    messages       integer     not null check (messages > 0),
    -- Of the frames before compression.
    bytes          integer     not null,
    appended_at    timestamptz not null default clock_timestamp(),
    frames         bytea       not null
) partition by range (appended_at);
alter table outbox alter column frames set storage external;
create index outbox_order on outbox (incarnation, transaction_id, position);

do $$
declare
    day text;
begin
    for day in select right(relname, 8) from pg_inherits join pg_class on pg_class.oid = inhrelid
                where inhparent = 'outbox_unpacked'::regclass
    loop
        execute format('alter table outbox_%1$s rename to outbox_unpacked_%1$s', day);
        execute format('create table outbox_%s partition of outbox for values from (%L) to (%L) with (toast_tuple_target = 8160)',
                       day, (day || ' 00:00Z')::timestamptz, (day || ' 00:00Z')::timestamptz + interval '24 hours');
    end loop;
end
$$;

-- What is not sent yet goes first, each message as a row of its own. What was sent cannot be said again.
create function pg_temp.part(bytes bytea) returns bytea immutable language sql as
    $$ select int4send(octet_length(bytes)) || bytes $$;
create function pg_temp.part(words text) returns bytea immutable language sql as
    $$ select pg_temp.part(convert_to(words, 'UTF8')) $$;

insert into outbox (incarnation, transaction_id, position, messages, bytes, appended_at, frames)
select incarnation, transaction_id, position, 1, octet_length(frame), appended_at, '\x01'::bytea || frame
  from (select u.incarnation, u.transaction_id, u.position, appended_at,
               pg_temp.part(topic) || pg_temp.part(message_key)
               || (select int4send(count(*)::integer)
                          || coalesce(string_agg(pg_temp.part(key) || pg_temp.part(value), ''::bytea order by place), '')
                     from json_each_text(headers::json) with ordinality as header (key, value, place))
               || pg_temp.part(body) as frame
          from outbox_unpacked u join outbox_cursor c using (bucket)
         where (u.incarnation, u.transaction_id, u.position) > (c.incarnation, c.transaction_id, c.position)) as unsent;
drop table outbox_unpacked;

-- How far the outbox was relayed, and who may move it: the owner, until its lease ends. The epoch is raised by every take-over
-- and checked by every move. Who waits to take over says so, and is signalled to by nobody.
drop table outbox_cursor;
drop table outbox_relay;
create table outbox_cursor (
    incarnation    integer     not null default 0,
    transaction_id xid8        not null default '0',
    position       bigint      not null default 0,
    epoch          bigint      not null default 0,
    owner          uuid,
    leased_until   timestamptz,
    standby_until  timestamptz
) with (fillfactor = 25);
create unique index outbox_cursor_once on outbox_cursor ((true));
insert into outbox_cursor default values;
