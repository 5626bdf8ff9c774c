-- Mails that ask for the confirmation of a mailbox are deleted a day after they were sent.
set lock_timeout = 0;
drop index concurrently if exists mail_mailbox_confirmation;
create index concurrently mail_mailbox_confirmation on mail (state_since) where kind = 'mailbox-confirmation' and state <> 'waiting';
set lock_timeout = '1s';
