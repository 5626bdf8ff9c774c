-- How far business time has been ahead of the machine's time, in milliseconds, and since when: a row for each move of a rehearsal's clock, or
-- more. A deployment has none.
create table business_offset (
    since        timestamptz not null primary key,
    ahead_millis bigint      not null
);
