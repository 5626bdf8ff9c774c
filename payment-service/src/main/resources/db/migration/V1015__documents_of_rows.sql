-- Turns the rows of before into documents, 1,000 payments a transaction, in the order of their ids: one that is killed goes on after
-- the last that it committed.
do $$
declare
    last uuid := coalesce((select registration_id from payment order by registration_id desc limit 1),
                          '00000000-0000-0000-0000-000000000000');
    ids uuid[];
begin
    loop
        select array_agg(registration_id order by registration_id) into ids
          from (select registration_id from old_payment where registration_id > last order by registration_id limit 1000) as part;
        exit when ids is null;
        last := ids[array_upper(ids, 1)];

        insert into payment (registration_id, conference, request, sequence, changed_at, document)
        select registration_id, request::jsonb ->> 'conference', request, sequence,
               greatest(created_at, requested_at,
                        (select max(told_at) from old_payment_capture c where c.registration_id = p.registration_id),
                        (select max(changed_at) from old_payment_refund r where r.registration_id = p.registration_id),
                        (select max(changed_at) from old_payment_dispute d where d.registration_id = p.registration_id),
                        (select max(marked_at) from old_payment_transfer t where t.registration_id = p.registration_id)),
               json_build_object(
                   'transfers', coalesce((
                       select json_agg(json_build_object(
                                  'id', id, 'amount', json_build_object('amount', amount, 'currency', currency),
                                  'at', received_at, 'booked', booked) order by marked_at, id)
                         from old_payment_transfer t where t.registration_id = p.registration_id), '[]'),
                   'documents', coalesce((
                       select json_agg(json_build_object(
                                  'kind', upper(replace(kind, '-', '_')), 'number', number,
                                  'amount', json_build_object('amount', amount, 'currency', currency),
                                  'issuedAt', issued_at) order by issued_at, number)
                         from issued_document d where d.registration_id = p.registration_id), '[]'),
                   'inquiries', coalesce((
                       select json_agg(json_build_object(
                                  'id', id, 'provider', provider, 'providerDispute', provider_dispute, 'capture', capture_id,
                                  'amount', json_build_object('amount', amount, 'currency', currency),
                                  'openedAt', opened_at, 'closedAt', closed_at) order by opened_at, id)
                         from old_payment_inquiry i where i.registration_id = p.registration_id), '[]'),
                   'disputes', coalesce((
                       select json_agg(json_build_object(
                                  'id', id, 'provider', provider, 'providerDispute', provider_dispute, 'capture', capture_id,
                                  'amount', json_build_object('amount', amount, 'currency', currency),
                                  'state', upper(state), 'at', changed_at) order by id)
                         from old_payment_dispute d where d.registration_id = p.registration_id), '[]'),
                   'refunds', coalesce((
                       select json_agg(json_build_object(
                                  'id', id, 'capture', capture_id,
                                  'amount', json_build_object('amount', amount, 'currency', currency),
                                  'reason', reason, 'state', upper(state), 'at', changed_at, 'requestedAt', asked_at,
                                  'surplus', surplus, 'providerRefund', provider_refund, 'failure', failure,
                                  'transferredBy', transferred_by, 'returned', returned) order by asked_at, id)
                         from old_payment_refund r where r.registration_id = p.registration_id), '[]'),
                   'captures', coalesce((
                       select json_agg(json_build_object(
                                  'id', id, 'provider', provider, 'providerPayment', provider_payment,
                                  'amount', json_build_object('amount', amount, 'currency', currency),
                                  'at', captured_at, 'surplus', surplus,
                                  'answer', case when kept then 'KEPT' when answered then 'GIVEN_BACK' else 'NONE' end,
                                  'reportedAt', told_at, 'reportedAgain', told_again) order by captured_at, id)
                         from old_payment_capture c where c.registration_id = p.registration_id), '[]'),
                   'attempts', coalesce((
                       select json_agg(json_build_object(
                                  'provider', provider, 'id', id, 'at', tried_at, 'shownAt', coalesce(shown_at, tried_at),
                                  'outcome', outcome, 'reason', reason) order by tried_at, id)
                         from old_payment_try t where t.registration_id = p.registration_id), '[]'),
                   'sessions', coalesce((
                       select json_agg(json_build_object(
                                  'id', id, 'provider', provider,
                                  'amount', json_build_object('amount', amount, 'currency', currency),
                                  'state', upper(state), 'providerSession', provider_session, 'url', url,
                                  'requestedAt', asked_at) order by asked_at, id)
                         from old_payment_session s where s.registration_id = p.registration_id), '[]'),
                   'closedBecause', closed_because,
                   'requestedAt', requested_at)::text
          from old_payment p
         where registration_id = any(ids)
        on conflict do nothing;

        insert into provider_payment (provider, name, registration_id, captured_at)
        select provider, provider_payment, registration_id, captured_at
          from old_payment_capture where registration_id = any(ids)
        on conflict do nothing;

        insert into payment_open (registration_id, id, what, since, due_at)
        select registration_id, id, 'session', asked_at, next_at
          from old_payment_session where registration_id = any(ids) and state in ('opening', 'open', 'ending')
        on conflict do nothing;

        insert into payment_open (registration_id, id, what, since, due_at)
        select c.registration_id, c.id, 'answer', c.captured_at,
               case when p.revision > 0 then c.told_at + interval '20 seconds' * power(2, least(c.told_again, 4)) end
          from old_payment_capture c join old_payment p using (registration_id)
         where c.registration_id = any(ids) and not c.answered and not c.surplus
        on conflict do nothing;

        insert into payment_open (registration_id, id, what, since)
        select c.registration_id, c.id, 'surplus', c.captured_at
          from old_payment_capture c
         where c.registration_id = any(ids) and c.surplus
           and c.amount > (select coalesce(sum(r.amount), 0) from old_payment_refund r
                            where r.capture_id = c.id and r.state in ('pending', 'done'))
           and not exists (select from old_payment_dispute d where d.capture_id = c.id and d.state = 'lost')
        on conflict do nothing;

        insert into payment_open (registration_id, id, what, since, traceparent, due_at)
        select r.registration_id, r.id, case when c.provider = 'invoice' then 'transfer' else 'refund' end, r.asked_at,
               r.traceparent,
               case when c.provider <> 'invoice'
                     and not exists (select from old_payment_dispute d where d.capture_id = c.id and d.state = 'open')
                    then r.next_at end
          from old_payment_refund r left join old_payment_capture c on c.id = r.capture_id
         where r.registration_id = any(ids) and r.state = 'pending'
        on conflict do nothing;

        commit;
    end loop;
end
$$;
