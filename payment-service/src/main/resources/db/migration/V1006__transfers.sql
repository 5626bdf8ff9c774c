-- Money that an organiser saw arrive by bank transfer. Until it is booked it is a part of what is due.
create table payment_transfer (
    id              uuid        not null primary key, -- of the command
    registration_id uuid        not null references payment,
    amount          bigint      not null check (amount > 0),
    currency        text        not null,
    received_at     timestamptz not null,             -- business time, in the organiser's word
    marked_at       timestamptz not null,
    booked          boolean     not null              -- whether it is in a capture
);
create index payment_transfer_registration on payment_transfer (registration_id);
create index payment_transfer_marked_at on payment_transfer (marked_at);

-- It is that of the provider "invoice". What it was called before stays in the ledger.
update payment_capture set provider = 'invoice' where provider = 'by-hand';
update payment_try set provider = 'invoice' where provider = 'by-hand';
-- The organiser who transferred it; null where a provider gives back.
alter table payment_refund add column transferred_by text;

create or replace view books_by_state as
    select registration_id, id as about, 'capture' as act, amount, currency, told_at as changed_at from payment_capture
    union all
    select registration_id, id, 'refund', amount, currency, changed_at from payment_refund where state = 'done'
    union all
    select registration_id, id, 'dispute-opened', amount, currency, changed_at from payment_dispute
    union all
    select registration_id, id, 'dispute-won', amount, currency, changed_at from payment_dispute where state = 'won'
    union all
    select registration_id, id, 'dispute-lost', amount, currency, changed_at from payment_dispute where state = 'lost'
    union all
    select registration_id, id, 'transfer', amount, currency, marked_at from payment_transfer;
