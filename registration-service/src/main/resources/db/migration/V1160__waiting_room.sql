-- Of registrations that were made with an admission from a waiting room: which opening of it, and the number in it.
alter table registration add column room bigint, add column room_number bigint;

-- What organisers set of a conference's waiting room, and the registrations a second that its gateways found it to decide. A mode of
-- null is that of the service's own mode.
create table waiting_room (
    conference  text             not null primary key,
    mode        text,
    draw_at     timestamptz,
    per_second  double precision,
    capacity    double precision,
    capacity_at timestamptz
);
