-- A webhook names its payer, so its body is dropped in time. Of one that is applied or given up, "next_at" is five seconds after that.
alter table webhook_event
    alter column body drop not null,
    add constraint webhook_event_waits_with_its_body check (state <> 'waiting' or body is not null) not valid;
