-- The trace in which a row was written, which the work on it continues: W3C's traceparent.
alter table webhook_event add column traceparent text;
alter table sandbox.webhook add column traceparent text;
alter table payment_refund add column traceparent text;
