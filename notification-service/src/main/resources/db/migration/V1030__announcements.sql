-- Who wants to be told what of a conference, and what they are told.

-- Made when somebody asks, so before anybody has confirmed anything. Deleted when they leave.
create table subscriber (
    id         uuid        not null primary key,
    conference text        not null,
    -- As it was typed, and in small letters, by which it is known again.
    email      text        not null,
    address    text        not null,
    locale     text        not null,
    created_at timestamptz not null,
    -- When the last mail to confirm was due, and the topics that it is about.
    asked_at   timestamptz,
    asked      text        not null default '',
    unique (conference, address)
);

-- What was confirmed. In the order in which an announcement goes through it.
create table interest (
    conference    text        not null,
    topic         text        not null,
    subscriber_id uuid        not null references subscriber (id) on delete cascade,
    since         timestamptz not null,
    primary key (conference, topic, subscriber_id)
);
create index interest_subscriber on interest (subscriber_id);

create table announcement (
    id              uuid        not null primary key,
    conference      text        not null,
    kind            text        not null,
    topic           text        not null,
    -- What makes it the same as another of its kind and conference: its own id, or the phase that it is about.
    about           text        not null,
    -- What an organiser wrote; empty where it says itself, from "told" (JSON), in each reader's language.
    subject         text,
    body            text,
    told            text,
    -- The organiser's account; empty where nobody ordered it.
    made_by         text,
    made_at         timestamptz not null,
    -- By the machine's clock; afterwards nobody is told any more.
    ends_at         timestamptz,
    idempotency_key text,
    request_hash    text,
    -- How far the mails are written down: all up to this subscriber or registration.
    reached         uuid        not null default '00000000-0000-0000-0000-000000000000',
    recipients      integer     not null default 0,
    spread_at       timestamptz,
    -- What became of the mails, once none waits any more.
    sent            integer     not null default 0,
    failed          integer     not null default 0,
    bounced         integer     not null default 0,
    superseded      integer     not null default 0,
    counted_at      timestamptz,
    unique (conference, kind, about)
);
create unique index announcement_key on announcement (conference, idempotency_key) where idempotency_key is not null;
create index announcement_waiting on announcement (made_at, id) where spread_at is null;
create index announcement_uncounted on announcement (id) where spread_at is not null and counted_at is null;

-- A mail that a registration owes has its registration alone. One to a subscriber has none. One to an attendee has the attendee's,
-- and both ids in "about", so that the key which is there keeps it to one.
alter table mail alter column registration_id drop not null;
alter table mail add column announcement_id uuid references announcement (id);
alter table mail add column subscriber_id uuid;
alter table mail add column attendee_id uuid;
-- How many of the "attempts" ended with a refusal of this mail or its recipient, and not with a request to try later.
alter table mail add column refusals integer not null default 0;
create unique index mail_subscriber_once on mail (announcement_id, subscriber_id) where subscriber_id is not null;
create index mail_subscriber on mail (subscriber_id) where subscriber_id is not null;
create index mail_announcement on mail (announcement_id, state) where announcement_id is not null;

-- However many wait, the oldest is found at once.
create index mail_unsent on mail (owed_from) where state = 'waiting';
