-- Seats that are held and not paid: how many of a subject end at an instant of business time. The subject is a keyed hash of a mailbox
-- or of a client address, or 1 for all whose contacts have opened no mailed link, or 2 for all invoices. Each batch adds what it has
-- changed, and a count of none has no row.
create table unpaid (
    conference text        not null,
    subject    uuid        not null,
    ends_at    timestamptz not null,
    seats      integer     not null check (seats > 0),
    primary key (conference, subject, ends_at)
) with (fillfactor = 50);
