-- How often a batch took the clock's time again because the one before was ahead of it: until then keys were dated ahead, so who
-- reads only what is newer than what it knows has to begin anew. A version that does not know it keeps its batches in order.
alter table inventory
    add column clock_set_backs integer not null default 0;
