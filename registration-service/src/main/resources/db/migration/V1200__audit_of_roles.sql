-- In which role somebody acted, and an id that sorts by the time of writing in all services alike. Instances of the version before
-- write rows without a role.
alter table audit add column role text, add column entry uuid;
alter table audit alter column entry set default uuidv7();
