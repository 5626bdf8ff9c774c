set lock_timeout = 0;
drop index concurrently if exists timeline_ticket_end;
create index concurrently timeline_ticket_end on timeline (registration_id)
 where what in ('Cancelled', 'Payment disputed', 'Dispute lost');
set lock_timeout = '1s';
