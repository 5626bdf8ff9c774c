-- An instance of a version before V0004 publishes nothing, but it would still take mails, webhooks and jobs, and could not note what
-- became of them. Each start of one asks for the timeline by this name before it does anything else.
alter function wal_timeline() rename to server_timeline;
create function wal_timeline() returns bigint stable language plpgsql as $$
begin
    raise exception 'this database is one of a later version of the service, beside which this one cannot work';
end
$$;
