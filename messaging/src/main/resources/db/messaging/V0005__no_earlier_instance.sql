-- An instance of a version before this migration must not work beside one after it: one before V0004 would take mails, webhooks and
-- jobs, and could not note what became of them. Those since V0003 ask for the timeline by this name before they read or write a row, so
-- that a start fails; those that run ask again with each message that they publish, so that the service is stopped for this migration.
alter function wal_timeline() rename to server_timeline;
create function wal_timeline() returns bigint stable language plpgsql as $$
begin
    raise exception 'this database is one of a later version of the service, beside which this one cannot work';
end
$$;
