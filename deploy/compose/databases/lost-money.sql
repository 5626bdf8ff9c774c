-- Gives back what is left of the money of registrations that are in no row of the temporary table "known" (id), as after a restore:
-- payment-service has the money, and nobody has the registration. Says what it gives back. Money about which there is a dispute that
-- is not won is left to the provider.
do $$ begin
    if not exists (select from known) then
        raise exception 'there is no registration at all: is this the right database?';
    end if;
end $$;
-- All payments are held still, and not even read, for the seconds that this takes: a batch that had read one before would write it
-- over this. The locks of single payments, as batches take them, would not all fit into the server's memory after a great loss.
lock table payment;
with left_over as materialized (
    select c.id, c.registration_id, c.provider, c.currency,
           c.amount - coalesce(sum(r.amount) filter (where r.state <> 'failed'), 0)::bigint as amount
      from payment_capture c left join payment_refund r on r.registration_id = c.registration_id and r.capture_id = c.id
     where not c.surplus and not exists (select from known where known.id = c.registration_id)
       and not exists (select from payment_dispute d
                        where d.registration_id = c.registration_id and d.capture_id = c.id and d.state <> 'won')
     group by c.id, c.registration_id, c.provider, c.currency, c.amount),
refund as materialized (
    select gen_random_uuid() as id, id as capture, registration_id, provider, amount, currency from left_over where amount > 0),
answered as (
    delete from payment_open
     where what = 'answer' and (registration_id, id) in (select registration_id, id from left_over)),
opened as (
    insert into payment_open (registration_id, id, what, since, due_at)
    select registration_id, id, case when provider = 'invoice' then 'transfer' else 'refund' end, now(),
           case when provider <> 'invoice' then now() end
      from refund),
changed as (
    update payment
       set changed_at = now(),
           document = (document::jsonb || jsonb_build_object(
               'captures', (select jsonb_agg(case when part ->> 'answer' = 'NONE'
                                                   and (part ->> 'id')::uuid in (select id from left_over)
                                                  then part || '{"answer": "GIVEN_BACK"}' else part end order by place)
                              from jsonb_array_elements(document::jsonb -> 'captures') with ordinality as captures (part, place)),
               'refunds', (document::jsonb -> 'refunds') || coalesce(
                   (select jsonb_agg(jsonb_build_object(
                               'id', id, 'capture', capture, 'amount', jsonb_build_object('amount', amount, 'currency', currency),
                               'reason', 'the registration is lost', 'state', 'PENDING', 'at', now(), 'requestedAt', now(),
                               'surplus', false, 'returned', false))
                      from refund where refund.registration_id = payment.registration_id), '[]')))::text
     where registration_id in (select registration_id from left_over))
select registration_id, amount, currency from refund;
