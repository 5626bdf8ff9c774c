-- What was sent, text and HTML, as one compressed value; rows of versions before have it in "text_body" and "html_body".
alter table mail add column bodies bytea;
alter table mail alter column bodies set storage external;
