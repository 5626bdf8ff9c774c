-- A payer's bank asks about a payment and has taken no money. Once it takes some, that is a dispute of the same id.
create table payment_inquiry (
    id               uuid        not null primary key,
    registration_id  uuid        not null references payment,
    capture_id       uuid        not null references payment_capture,
    provider         text        not null,
    provider_dispute text        not null,
    amount           bigint      not null check (amount > 0),
    currency         text        not null,
    opened_at        timestamptz not null,
    closed_at        timestamptz,
    unique (provider, provider_dispute)
);
create index payment_inquiry_registration on payment_inquiry (registration_id);
