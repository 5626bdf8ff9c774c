-- Money that comes by transfer is that of the provider "invoice". What it was called before stays in the ledger.
update payment_capture set provider = 'invoice' where provider = 'by-hand';
update payment_try set provider = 'invoice' where provider = 'by-hand';
-- The organiser who transferred it; null where a provider gives back.
alter table payment_refund add column transferred_by text;

-- It is about more than disputes.
alter table provider_watch rename column disputes_until to asked_until;
