-- A payment is one row: all that changes together is read and written at once. The tables of before keep their rows under other
-- names, so that an instance of before fails and writes nothing; the next migration turns these rows into documents.
drop view books_differing, books_by_ledger, books_by_state;
alter table payment rename to old_payment;
alter table payment_session rename to old_payment_session;
alter table payment_try rename to old_payment_try;
alter table payment_capture rename to old_payment_capture;
alter table payment_refund rename to old_payment_refund;
alter table payment_dispute rename to old_payment_dispute;
alter table payment_inquiry rename to old_payment_inquiry;
alter table payment_transfer rename to old_payment_transfer;
alter index payment_pkey rename to old_payment_pkey;
alter table issued_document drop constraint issued_document_registration_id_fkey;

-- Its lock is the advisory one on the registration's id. What changes is not indexed but by BRIN, so an update stays on its page. The
-- log gets only what lies between the equal begin and the equal end of both versions: so constant columns come first, the document
-- comes last, and what changes least is at its end. It is not compressed, as nothing would be equal then.
create table payment (
    registration_id uuid        not null primary key,
    conference      text,                              -- null until there is a request
    request         text,                              -- the body of the request that holds, JSON
    sequence        bigint      not null,              -- of the last event
    changed_at      timestamptz not null,
    document        text        not null               -- all the rest, JSON: what changes most is first
) with (fillfactor = 50, toast_tuple_target = 8160);
alter table payment alter column request set storage external, alter column document set storage external;
create index payment_changed_at on payment using brin (changed_at) with (autosummarize = on);

-- What is open of a payment: jobs claim it, metrics count it.
create table payment_open (
    registration_id uuid        not null,
    id              uuid        not null,              -- of the session, capture or refund
    what            text        not null check (what in ('session', 'answer', 'refund', 'transfer', 'surplus')),
    since           timestamptz not null,
    traceparent     text,
    due_at          timestamptz,                       -- when a job sees to it; null while none has to
    primary key (registration_id, id)
) with (fillfactor = 50);
create index payment_open_due on payment_open (what, due_at);

-- A provider's money is in one payment.
create table provider_payment (
    provider        text        not null,
    name            text        not null,
    registration_id uuid        not null,
    captured_at     timestamptz not null,
    primary key (provider, name)
);
create index provider_payment_captured_at on provider_payment (provider, captured_at);

-- Whether a batch has looked at it, or its provider was asked in vain.
alter table webhook_event add column tried boolean not null default false;

-- The documents as rows, for people and their scripts and where documents are compared.
create view payment_session as
    select registration_id, s.id, s.provider, (s.amount ->> 'amount')::bigint as amount, s.amount ->> 'currency' as currency,
           lower(s.state) as state, s."providerSession" as provider_session, s.url, s."requestedAt" as asked_at
      from payment cross join lateral jsonb_to_recordset(document::jsonb -> 'sessions') as s (
           id uuid, provider text, amount jsonb, state text, "providerSession" text, url text, "requestedAt" timestamptz);

create view payment_capture as
    select registration_id, c.id, c.provider, c."providerPayment" as provider_payment, (c.amount ->> 'amount')::bigint as amount,
           c.amount ->> 'currency' as currency, c.at as captured_at, c.surplus, c.answer <> 'NONE' as answered,
           c.answer = 'KEPT' as kept, c."reportedAt" as told_at, c."reportedAgain" as told_again
      from payment cross join lateral jsonb_to_recordset(document::jsonb -> 'captures') as c (
           id uuid, provider text, "providerPayment" text, amount jsonb, at timestamptz, surplus boolean, answer text,
           "reportedAt" timestamptz, "reportedAgain" integer);

create view payment_refund as
    select registration_id, r.id, r.capture as capture_id, (r.amount ->> 'amount')::bigint as amount,
           r.amount ->> 'currency' as currency, r.reason, lower(r.state) as state, r.at as changed_at, r."requestedAt" as asked_at,
           r.surplus, r."providerRefund" as provider_refund, r.failure, r."transferredBy" as transferred_by, r.returned
      from payment cross join lateral jsonb_to_recordset(document::jsonb -> 'refunds') as r (
           id uuid, capture uuid, amount jsonb, reason text, state text, at timestamptz, "requestedAt" timestamptz,
           surplus boolean, "providerRefund" text, failure text, "transferredBy" text, returned boolean);

create view payment_dispute as
    select registration_id, d.id, d.capture as capture_id, d.provider, d."providerDispute" as provider_dispute,
           (d.amount ->> 'amount')::bigint as amount, d.amount ->> 'currency' as currency, lower(d.state) as state,
           d.at as changed_at
      from payment cross join lateral jsonb_to_recordset(document::jsonb -> 'disputes') as d (
           id uuid, capture uuid, provider text, "providerDispute" text, amount jsonb, state text, at timestamptz);

-- What the ledger must say by the state, and what it says. A refund that was done and failed after all stands in it twice.
create view books_by_state as
    select registration_id, act.about, act.act, act.amount, act.currency
      from payment cross join lateral (select document::jsonb as all_parts) as parsed cross join lateral (
           select (part ->> 'id')::uuid as about, 'capture' as act, (part #>> '{amount,amount}')::bigint as amount,
                  part #>> '{amount,currency}' as currency
             from jsonb_array_elements(all_parts -> 'captures') as part
            union all
           select (part ->> 'id')::uuid, 'refund', (part #>> '{amount,amount}')::bigint, part #>> '{amount,currency}'
             from jsonb_array_elements(all_parts -> 'refunds') as part where part ->> 'state' = 'DONE'
            union all
           select (part ->> 'id')::uuid, acts.act, (part #>> '{amount,amount}')::bigint, part #>> '{amount,currency}'
             from jsonb_array_elements(all_parts -> 'disputes') as part
                  join (values ('dispute-opened', null), ('dispute-won', 'WON'), ('dispute-lost', 'LOST')) as acts (act, state)
                       on acts.state is null or part ->> 'state' = acts.state
            union all
           select (part ->> 'id')::uuid, 'transfer', (part #>> '{amount,amount}')::bigint, part #>> '{amount,currency}'
             from jsonb_array_elements(all_parts -> 'transfers') as part) as act;

create view books_by_ledger as
    select registration_id, about, act, amount, currency
      from ledger posting
     where not exists (
           select from ledger other
            where other.about = posting.about and other.amount = posting.amount and other.currency = posting.currency
              and (posting.act, other.act) in (('refund', 'refund-returned'), ('refund-returned', 'refund')));

create view books_differing as
    select about, registration_id, what, first_seen from books_difference where seen > 2 and acknowledged_by is null;
