-- A webhook names its payer, so its body is dropped in time. Of one that is applied or given up, "next_at" is five seconds after that.
alter table webhook_event alter column body drop not null;
