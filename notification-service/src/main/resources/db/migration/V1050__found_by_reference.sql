-- Who has lost the link knows the reference.
create index registration_reference on registration ((state::json ->> 'reference'));
