-- What organisers say in place of our words. Rows are only added: the highest revision holds, and those before it tell who
-- said what, and when. One without words is where ours hold again.
create table mail_wording (
    conference text        not null,
    kind       text        not null,
    locale     text        not null check (locale in ('en', 'de')),
    revision   bigint      not null,
    subject    text,
    body       text,
    changed_at timestamptz not null,
    changed_by text        not null,
    primary key (conference, kind, locale, revision),
    check ((subject is null) = (body is null))
);
