-- Rows from before get the id of their time.
do $$ begin
    loop
        update audit set entry = audit_entry_id(least(at, clock_timestamp()))
         where id in (select id from audit where entry is null order by id limit 1000);
        exit when not found;
        commit;
    end loop;
end $$;
