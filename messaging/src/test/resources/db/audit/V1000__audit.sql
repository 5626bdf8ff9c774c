-- The same as uuidv7() of PostgreSQL 18, for 17 as well: 48 bits of milliseconds, version, variant, and random bits.
create function audit_entry_id(at timestamptz) returns uuid language sql volatile as $$
    select encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
                    placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;
-- The same table as in each service.
create table audit (
    entry           uuid        not null primary key default audit_entry_id(clock_timestamp()),
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
create index audit_who on audit (who, coalesce(person, ''), entry);
create index audit_what on audit (what, entry);
create index audit_at on audit (at, entry);
