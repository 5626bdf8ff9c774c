-- Whether it was commanded to keep the money. Of captures before, a receipt says so; without one, that no refund was commanded.
alter table payment_capture add column kept boolean not null default false;
update payment_capture capture
   set kept = true
 where answered and not surplus
   and not exists (select from issued_document document
                    where document.registration_id = capture.registration_id and document.kind = 'receipt')
   and not exists (select from payment_refund refund
                    where refund.registration_id = capture.registration_id and not refund.surplus
                      and refund.reason <> 'made at the provider');
