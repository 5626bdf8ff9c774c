-- After a restore from an older copy, readers may have heard more of a registration's mails than is known here.
alter table registration alter column mail_sequence set default sequences_begin();

create function mails_are_told_anew() returns trigger language plpgsql as $$
begin
    perform set_config('transaction_timeout', '0', true);
    update registration set mail_sequence = greatest(mail_sequence + 1, sequences_begin());
    return null;
end
$$;
create trigger mails_are_told_anew after insert on database_incarnation
    for each row execute function mails_are_told_anew();
