-- A registration's newest states are one row with the mails that are due later, which have no row in "mail" before. Half a page is
-- left for updates, so that they stay there. Nothing here reads or writes rows, however many there are: a start does not wait.

alter table registration rename to projection;
alter index registration_reference rename to projection_reference;
alter table projection
    set (fillfactor = 50, toast_tuple_target = 8160),
    alter column state set storage external,
    alter column payment set storage external,
    -- DeferredMail (JSON)
    add column deferred text;

-- The earliest of a registration's mails that are due later.
create table mail_due (
    registration_id uuid        not null primary key,
    due_at          timestamptz not null
);
create index mail_due_at on mail_due (due_at);

alter table mail rename column owed_from to due_since;

create or replace function mails_are_told_anew() returns trigger language plpgsql as $$
begin
    perform set_config('transaction_timeout', '0', true);
    update projection set mail_sequence = greatest(mail_sequence + 1, sequences_begin());
    return null;
end
$$;

-- The earliest mail that waits, whoever has it: asked for all the time.
create index mail_next_try on mail (next_try_at) where state = 'waiting';

-- An instance of the version before, started beside, writes nothing and waits with each event: it takes this for a database that
-- is not ready. Its announcements go to nobody and are tried again, since the state of the one row here cannot be read.
create function is_written_by_a_newer_version() returns trigger language plpgsql as $$
begin
    raise exception 'a newer version keeps this elsewhere' using errcode = 'cannot_connect_now';
end
$$;
create table registration (
    id            uuid not null primary key,
    state         text,
    payment       text,
    hold_ends_at  timestamptz,
    mail_sequence bigint
);
insert into registration (id, state) values ('ffffffff-ffff-ffff-ffff-ffffffffffff', 'kept elsewhere');
create trigger registration_is_elsewhere before insert or update or delete on registration
    for each statement execute function is_written_by_a_newer_version();
