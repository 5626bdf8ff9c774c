-- When a try was, in business time, for people. Null in rows that an older version wrote.
alter table payment_try add column shown_at timestamptz;
