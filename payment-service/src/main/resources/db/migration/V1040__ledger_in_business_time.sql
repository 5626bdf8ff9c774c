-- When it was in business time, by which it counts to a day; null in rows of versions that did not know, which count by "posted_at".
alter table ledger add column at timestamptz;
-- As far as money needs them: in which zone their days are.
create table conference (
    slug      text not null primary key,
    name      text not null,
    time_zone text not null
);
