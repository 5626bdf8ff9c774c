-- An update whose page has room for it stays there, and the log gets only what lies between the equal begin and the equal end of
-- both versions. So constant columns come first and the document last, in which constant fields are the last: its length, which
-- changes, is at its begin. The table is made anew for it, which takes a stopped service; an older version cannot insert into it.
alter table registration rename to registration_before;
create table registration (
    id              uuid        not null,
    conference      text        not null,
    -- That of its reference, in the order of decisions; null in rows that are older than this column.
    number          integer,
    -- Its first status, from which the first two lines of its timeline follow; null where they are rows of "timeline".
    began_as        text,
    created_at      timestamptz not null,
    captured        bigint      not null default 0,
    refunded        bigint      not null default 0,
    revision        bigint      not null,
    changed_at      timestamptz not null,
    hold_expires_at timestamptz,
    status          text        not null,
    document        json        not null
) with (fillfactor = 50, toast_tuple_target = 8160);
insert into registration (id, conference, created_at, document, captured, refunded, revision, changed_at, hold_expires_at, status)
select id, conference, created_at, document, captured, refunded, revision, changed_at, hold_expires_at, status
  from registration_before;
drop table registration_before;
alter table registration add primary key (id);
alter table registration add unique (conference, number);
create index registration_hold on registration (hold_expires_at) where hold_expires_at is not null;

-- Rows only of conferences that give an address one registration. Where that begins later, the service makes those of before.
delete from attendee a using conference c
 where c.slug = a.conference and coalesce(c.definition #>> '{registration,onePerAddress}', 'false') <> 'true';
