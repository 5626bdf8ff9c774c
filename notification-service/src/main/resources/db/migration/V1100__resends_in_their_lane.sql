-- A mail that failed or bounced waits again in its own row when somebody asks for it, and then has "requested_by" as copies have.
-- It waits in the lane of copies, so that it delays no mail that has just become due.
create index mail_lane_due on mail (kind, next_try_at, id) where state = 'waiting' and copy = 0 and requested_by is null;
create index mail_lane_resent on mail (next_try_at, id) where state = 'waiting' and (copy > 0 or requested_by is not null);
drop index mail_lane;
drop index mail_copies;
