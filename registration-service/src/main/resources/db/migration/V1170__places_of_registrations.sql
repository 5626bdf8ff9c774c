set lock_timeout = 0;
drop index concurrently if exists registration_place;
create index concurrently registration_place on registration (conference, room, room_number) where room is not null;
set lock_timeout = '1s';
