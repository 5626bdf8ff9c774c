-- What documents say of a conference beyond what mails do.

alter table conference
    -- the definition's; 0 where it was heard of before this was kept
    add column revision bigint not null default 0,
    -- what categories and add-ons are called: {"categories": {code: name}, "addOns": {code: name}}
    add column names    text   not null default '{}';

-- Definitions are told again once a day, and are to be read once more, although their numbers are not new.
delete from inbox where topic = 'conference.definitions.v1';
