-- Gives back what is left of the money of registrations that are in no row of the temporary table "known" (id), as after a restore:
-- payment-service has the money, and nobody has the registration. Says what it gives back. Money about which there is a dispute that
-- is not won is left to the provider.
do $$ begin
    if not exists (select from known) then
        raise exception 'there is no registration at all: is this the right database?';
    end if;
end $$;
select count(*) as "registrations with money, held still meanwhile"
  from (select from payment where not exists (select from known where known.id = payment.registration_id)
                              and exists (select from payment_capture c where c.registration_id = payment.registration_id)
           for update) as held_still;
with left_over as (
    select c.id, c.registration_id, c.currency,
           c.amount - coalesce(sum(r.amount) filter (where r.state <> 'failed'), 0)::bigint as amount
      from payment_capture c left join payment_refund r on r.capture_id = c.id
     where not c.surplus and not exists (select from known where known.id = c.registration_id)
       and not exists (select from payment_dispute d where d.capture_id = c.id and d.state <> 'won')
     group by c.id),
answered as (
    update payment_capture set answered = true where id in (select id from left_over))
insert into payment_refund (id, registration_id, capture_id, amount, currency, reason, state, changed_at, asked_at, surplus,
                            next_at)
select gen_random_uuid(), registration_id, id, amount, currency, 'the registration is lost', 'pending', now(), now(), false, now()
  from left_over where amount > 0
returning registration_id, amount, currency;
