-- The last number of each series. Who takes the next one holds the row to its commit, so that none is ever left out.
create table document_series (
    kind        text    not null check (kind in ('receipt', 'credit-note')),
    year        integer not null,
    last_number integer not null,
    primary key (kind, year)
);

-- Receipts and credit notes. The body is all that stands in one; it is drawn when it is first asked for, and kept so.
create table issued_document (
    registration_id uuid        not null references payment,
    kind            text        not null check (kind in ('receipt', 'credit-note')),
    number          text        not null,
    amount          bigint      not null check (amount > 0),
    currency        text        not null,
    issued_at       timestamptz not null,            -- business time
    body            text        not null,
    pdf             bytea,
    primary key (kind, number)
);
create index issued_document_registration on issued_document (registration_id);

create function issued_document_never_changes() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.pdf is null
        and (new.registration_id, new.kind, new.number, new.amount, new.currency, new.issued_at, new.body)
            = (old.registration_id, old.kind, old.number, old.amount, old.currency, old.issued_at, old.body) then
        return new;
    end if;
    raise exception 'an issued document never changes';
end
$$;
create trigger issued_document_never_changes before update or delete on issued_document
    for each row execute function issued_document_never_changes();
create trigger issued_documents_are_kept before truncate on issued_document
    for each statement execute function issued_document_never_changes();
