-- What uuidv7() of PostgreSQL 18 gives, for 17 too: 48 bits of milliseconds, the version, the variant, and random bits.
create function audit_entry_id(at timestamptz) returns uuid language sql volatile as $$
    select encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
                    placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;
-- In which role somebody acted, and an id that sorts by the time of writing in all services alike. Instances of the version before
-- write rows without a role.
alter table audit add column role text, add column entry uuid;
alter table audit alter column entry set default audit_entry_id(clock_timestamp());
