-- What payment-service reported last of its own backlog, and since when it has been without a silence: null while it tells of old
-- work. read_at and clear_since are by this database's clock, as_of is by the other's.
create table payment_progress (
    only_row               boolean          not null primary key default true check (only_row),
    as_of                  timestamptz      not null,
    oldest_unsent_seconds  double precision not null,
    oldest_untried_seconds double precision not null,
    read_at                timestamptz      not null,
    clear_since            timestamptz
) with (fillfactor = 50);
