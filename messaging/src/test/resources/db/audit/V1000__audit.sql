-- As each service has it.
create table audit (
    entry           uuid        not null primary key default uuidv7(),
    at              timestamptz not null,
    who             text        not null,
    person          text,
    role            text,
    what            text        not null,
    conference      text,
    registration_id uuid,
    before          jsonb,
    after           jsonb,
    why             text
);
create index audit_registration on audit (registration_id, entry) where registration_id is not null;
create index audit_conference on audit (conference, entry) where conference is not null;
