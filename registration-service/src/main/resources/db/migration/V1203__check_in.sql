-- Who came in at which gate. Of an attendee one counts at a time, whichever gates and instances they come to; one that was undone
-- stays. A request's key is here, too, so that a repeat gets the first answer for as long as there are check-ins.
create table check_in (
    id              uuid        not null primary key,
    conference      text        not null,
    attendee_id     uuid        not null,
    registration_id uuid        not null,
    category        text        not null,
    gate            text        not null,
    at              timestamptz not null,
    request_key     text,
    request_hash    text,
    undone_at       timestamptz,
    undone_by       text,
    undone_why      text
);
create unique index check_in_once on check_in (attendee_id) where undone_at is null;
create unique index check_in_key on check_in (conference, request_key) where request_key is not null;
create index check_in_conference on check_in (conference, id);
