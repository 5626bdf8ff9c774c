-- What the ledger must say by the state, and what it says. A refund that was done and failed after all stands in it twice.
create view books_by_state as
    select registration_id, id as about, 'capture' as act, amount, currency, told_at as changed_at from payment_capture
    union all
    select registration_id, id, 'refund', amount, currency, changed_at from payment_refund where state = 'done'
    union all
    select registration_id, id, 'dispute-opened', amount, currency, changed_at from payment_dispute
    union all
    select registration_id, id, 'dispute-won', amount, currency, changed_at from payment_dispute where state = 'won'
    union all
    select registration_id, id, 'dispute-lost', amount, currency, changed_at from payment_dispute where state = 'lost';

create view books_by_ledger as
    select registration_id, about, act, amount, currency, posted_at
      from ledger posting
     where not exists (
           select from ledger other
            where other.about = posting.about and other.amount = posting.amount and other.currency = posting.currency
              and (posting.act, other.act) in (('refund', 'refund-returned'), ('refund-returned', 'refund')));

create index ledger_posted_at on ledger (posted_at);
create index payment_capture_told_at on payment_capture (told_at);
create index payment_capture_captured_at on payment_capture (provider, captured_at);
create index payment_refund_changed_at on payment_refund (changed_at);
create index payment_dispute_changed_at on payment_dispute (changed_at);

-- What did not agree when it was last looked at.
create table books_difference (
    about           text        not null primary key,
    registration_id uuid,
    what            text        not null,
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,
    seen            integer     not null default 1, -- in so many looks; the first ones are nothing, since news take their way
    acknowledged_by text,                           -- a person who looked at it, and knows why it will stay
    acknowledged_why text
);
create view books_differing as
    select about, registration_id, what, first_seen from books_difference where seen > 2 and acknowledged_by is null;

create table books_check (
    only_row   boolean     not null primary key default true check (only_row),
    next_at    timestamptz not null,                -- when an instance looks next
    checked_at timestamptz not null default now(),  -- when what is new was last looked at, wholly
    whole_at   timestamptz not null default 'epoch' -- and when everything that there is
);
insert into books_check (next_at) values ('epoch');
