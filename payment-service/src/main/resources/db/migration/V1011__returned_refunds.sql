-- Whether a refund was done before it failed: its money came back, and its payer was told otherwise.
alter table payment_refund add column returned boolean not null default false;
