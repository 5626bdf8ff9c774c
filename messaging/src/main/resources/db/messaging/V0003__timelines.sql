-- A promoted standby is another incarnation, too: it may lack the last commits of the server before it, and what went on from them
-- is known to others. It shows by the timeline of its write-ahead log; 0 where the server has no such functions.
create function wal_timeline() returns bigint stable language plpgsql as $$
begin
    return ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
exception when undefined_function or feature_not_supported or insufficient_privilege then
    return 0;
end
$$;

alter table database_incarnation
    -- Whether it began with a copy that may be old; null for those from before timelines. Else a standby was promoted, whose
    -- cursors and rows are of one instant.
    add column restored   boolean,
    add column timeline   bigint not null default 0,
    -- When a relay last noted its presence, by the database's clock.
    add column present_at timestamptz,
    -- Whether the service has noted what its own topic says of the time that may be lost.
    add column recalled   boolean not null default true;

update database_incarnation set timeline = wal_timeline()
 where number = (select max(number) from database_incarnation);

-- For the version before, which notes only restores.
alter table database_incarnation
    alter column restored set default true,
    alter column timeline set default wal_timeline(),
    alter column recalled set default false;

drop index database_incarnation_once;
create unique index database_incarnation_once on database_incarnation (system_identifier, database, timeline)
    where database <> 0;

create or replace function outbox_is_said_again() returns trigger language plpgsql as $$
begin
    if new.restored then
        perform set_config('transaction_timeout', '0', true);
        update outbox_cursor set incarnation = 0, transaction_id = '0', position = 0, epoch = epoch + 1, owner = null;
    end if;
    return null;
end
$$;
