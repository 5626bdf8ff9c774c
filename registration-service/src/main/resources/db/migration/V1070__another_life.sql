-- After a restore from an older copy, people may hold references that are not known here: none is given to somebody else.
create function references_are_not_given_twice() returns trigger language plpgsql as $$
begin
    update inventory set next_reference = next_reference + 100000;
    return null;
end
$$;
create trigger references_are_not_given_twice after insert on database_incarnation
    for each row execute function references_are_not_given_twice();
