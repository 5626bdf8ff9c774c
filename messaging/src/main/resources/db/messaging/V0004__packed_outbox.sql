-- Each append writes one row: up to 256 messages or 1 MB of their frames, compressed from 2 kB on. The service is stopped
-- meanwhile; an instance of the version before finds no column that it knows, and publishes nothing. Its relay takes its locks
-- in this order.
lock table outbox_relay, outbox_cursor, outbox in access exclusive mode;

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

-- The cursors of a database that was restored are those of the copy: as when a new incarnation is noted, which comes after
-- this, everything that is kept counts as unsent.
update outbox_cursor set incarnation = 0, transaction_id = '0', position = 0
 where not exists (
       select from (select * from database_incarnation order by number desc limit 1) as latest
         join pg_control_system() using (system_identifier)
        where database = (select oid from pg_database where datname = current_database())
          and wal_timeline() in (timeline, 0));

-- What is unsent comes first, each message as a row of its own. What was sent cannot be republished. The index leads to the
-- few rows beyond the cursor that is furthest behind; the rest of the week is not read.
set local enable_seqscan = off;
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
         where (u.incarnation, u.transaction_id, u.position) > (
                select incarnation, transaction_id, position from outbox_cursor
                 order by incarnation, outbox_cursor.transaction_id, position limit 1)
           and (u.incarnation, u.transaction_id, u.position) > (c.incarnation, c.transaction_id, c.position)) as unsent;
drop table outbox_unpacked;

-- How far the outbox was relayed, and who may move it: the owner, until its lease ends. The epoch is raised by every take-over
-- and checked by every move. A waiting instance sets standby_until, so that the owner listens for its signals.
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

-- Readers of the version before fail at each message whose answer they publish, and park it and go on: parking fails as well,
-- for it knows this column by its old name.
alter table parked_message rename column record_sha256 to record_hash;
