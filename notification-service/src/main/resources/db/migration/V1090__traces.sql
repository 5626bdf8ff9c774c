-- The trace in which a mail was written down, which sending it continues: W3C's traceparent.
alter table mail add column traceparent text;
