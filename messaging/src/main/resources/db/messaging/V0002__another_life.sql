-- A restore into another database of the same server is another life, too.
alter table database_incarnation add column database oid;
update database_incarnation
   set database = case when number = (select max(number) from database_incarnation)
                       then (select oid from pg_database where datname = current_database()) else 0 end;
alter table database_incarnation alter column database set not null;
-- Of several instances that notice at once, one notes it; 0 is a life that is over.
create unique index database_incarnation_once on database_incarnation (system_identifier, database) where database <> 0;

-- What a restored database says of a key for the first time sorts after all that an earlier life may have said of it. A life has a
-- thousand sequences of its own for each minute since the one before.
create function sequences_begin() returns bigint stable language sql as
    $$ select (max(number) - 1) * 1000::bigint from database_incarnation $$;

-- A restored database does not know what was sent after it was copied, or what brokers and readers still have: all that is kept
-- is said again, in the order of the first time. Copies are taken for what they are.
create function outbox_is_said_again() returns trigger language plpgsql as $$
begin
    -- Whole tables are changed here and by the triggers of the services.
    perform set_config('transaction_timeout', '0', true);
    update outbox_cursor set incarnation = 0, transaction_id = '0', position = 0, epoch = epoch + 1, owner = null;
    return null;
end
$$;
create trigger outbox_is_said_again after insert on database_incarnation
    for each row execute function outbox_is_said_again();
