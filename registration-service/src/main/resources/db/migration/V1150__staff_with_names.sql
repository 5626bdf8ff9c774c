-- Whose account it was then: who stays the subject of the token. Rows of older versions have no person.
alter table audit add column person text;

-- Sessions of staff that were ended before their time, for all gateways.
create table ended_session (
    id      uuid        not null primary key,
    ends_at timestamptz not null
);
