-- Until when each provider was asked about disputes: one whose message was lost is found so.
create table provider_watch (
    provider       text        not null primary key,
    disputes_until timestamptz not null,
    next_at        timestamptz not null            -- when a job asks next
);

-- What operators are shown is counted every few seconds, among rows that are kept for good.
create index webhook_event_given_up on webhook_event (received_at) where state = 'given-up';
create index payment_refund_pending on payment_refund (asked_at) where state = 'pending';
create index payment_refund_capture on payment_refund (capture_id);
create index payment_capture_surplus on payment_capture (captured_at) where surplus;

create index dispute_changed on sandbox.dispute (coalesce(ended_at, opened_at));
