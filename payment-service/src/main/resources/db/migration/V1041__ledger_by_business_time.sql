set lock_timeout = 0;
drop index concurrently if exists ledger_business_time;
create index concurrently ledger_business_time on ledger ((coalesce(at, posted_at)), id);
set lock_timeout = '1s';
