-- What happened as a code, and what differs from one line of that code to the next: texts are found by it, in the reader's
-- language. "what" and "detail" stay in English, for the API and for versions that do not know codes; what those wrote has none.
alter table timeline
    add column code       text,
    add column parameters json;
