-- Money that is neither for a seat nor on its way back: no row in health, so that its index is empty. The column is no column of the
-- index, and its value stays, so an update stays on its page.
alter table registration
    add column unanswered boolean not null generated always as
        (captured > 0 and status <> 'confirmed' and document -> 'money' ->> 'answered' is null) stored;
create index registration_unanswered on registration (id) where unanswered;

-- The registrations of a conference that were made in a quarter of an hour, and their money: every day of every time zone that is in
-- use consists of such quarters. Each batch adds what it has changed, so an instance of an older version must not run beside it.
create table sale_count (
    conference    text        not null,
    made_from     timestamptz not null,
    registrations integer     not null,
    confirmed     integer     not null,
    captured      bigint      not null,
    refunded      bigint      not null,
    primary key (conference, made_from)
) with (fillfactor = 50);
insert into sale_count (conference, made_from, registrations, confirmed, captured, refunded)
select conference, date_bin('15 minutes', created_at, 'epoch'), count(*), count(*) filter (where status = 'confirmed'),
       sum(captured), sum(refunded)
  from registration group by 1, 2;
