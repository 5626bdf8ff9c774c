-- What was told to those who asked for news: once for ever, so a row is never changed and never deleted.
create table conference_news (
    conference text    not null,
    kind       text    not null check (kind in ('sale-opened', 'deadline-near')),
    -- Whose end is near; empty where a sale has opened.
    phase      text    not null,
    -- The n-th news of its conference.
    position   integer not null,
    body       json    not null,
    primary key (conference, kind, phase)
);
