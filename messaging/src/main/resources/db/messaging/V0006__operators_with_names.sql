-- Whose account it was then: who stays the subject of the token. Acts of older versions have no person.
alter table operator_act add column person text;
