package org.openingminute.payment.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.payment.documents.Documents;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.store.PaymentBatch.PendingWork;
import org.openingminute.payment.store.PaymentBatch.State;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores payments, one row each. One statement reads or writes all rows of a batch, for payments and for each related table. */
@Component
final class PaymentRepository {

    private static final String EVENTS = "payment.events.v1";
    private static final String PARENT = "traceparent";

    private final JdbcClient jdbc;
    private final Ledger ledger;
    private final Documents documents;
    private final WebhookOutcomes webhooks;
    private final Outbox outbox;

    PaymentRepository(JdbcClient jdbc, Ledger ledger, Documents documents, WebhookOutcomes webhooks, Outbox outbox) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.documents = documents;
        this.webhooks = webhooks;
        this.outbox = outbox;
    }

    /** The payments found; if one cannot be read, only that one fails. */
    record StoredPayments(Map<UUID, Payment> readable, Map<UUID, RuntimeException> unreadable) {

        /** @throws IllegalStateException if it cannot be read */
        Optional<Payment> find(UUID registration) {
            @Nullable RuntimeException why = unreadable.get(registration);
            if (why != null) {
                throw new IllegalStateException("the payment of registration " + registration + " cannot be read", why);
            }
            return Optional.ofNullable(readable.get(registration));
        }
    }

    StoredPayments find(Collection<UUID> registrations) {
        StoredPayments stored = new StoredPayments(new HashMap<>(), new HashMap<>());
        jdbc.sql("select registration_id, request, sequence, document from payment where registration_id = any(?)")
                .param(registrations.toArray(UUID[]::new))
                .query(row -> {
                    UUID registration = row.getObject("registration_id", UUID.class);
                    try {
                        stored.readable.put(
                                registration,
                                PaymentDocument.read(
                                        registration,
                                        row.getString("request"),
                                        row.getLong("sequence"),
                                        row.getString("document")));
                    } catch (RuntimeException e) {
                        stored.unreadable.put(registration, e);
                    }
                });
        return stored;
    }

    /** Writes a batch. Documents are numbered late, because the series of a number stays locked until the commit. */
    void write(State state, Instant now) {
        forgetRefused(state.refusedCommands);
        insertProviderPayments(state);
        ledger.post(state.postings);
        webhooks.note(state.webhooks);
        Map<String, String> numbers = documents.issue(state.documents);
        writePayments(state, numbers, now);
        outbox.appendAll(
                state.lock,
                state.events.stream()
                        .map(event -> new OutgoingMessage(
                                        EVENTS,
                                        event.payment().registration().toString(),
                                        event.type().type(),
                                        event.sequence(),
                                        PaymentEvent.of(event.payment().withNumbers(numbers)))
                                .within(event.trace()))
                        .toList());
    }

    /** Forgets commands that the rules refused: they were not executed. */
    private void forgetRefused(List<UUID> commands) {
        if (!commands.isEmpty()) {
            jdbc.sql("delete from command_done where id = any(?)")
                    .param(commands.toArray(UUID[]::new))
                    .update();
        }
    }

    private record NewCapture(UUID registration, Capture capture) {}

    private void insertProviderPayments(State state) {
        List<NewCapture> captures = state.changed.values().stream()
                .flatMap(payment -> {
                    Payment former = state.former.readable().get(payment.registration());
                    return payment.captures().stream()
                            .skip(former == null ? 0 : former.captures().size())
                            .map(capture -> new NewCapture(payment.registration(), capture));
                })
                .toList();
        if (!captures.isEmpty()) {
            jdbc.sql("""
                    insert into provider_payment (provider, name, registration_id, captured_at)
                    select * from unnest(?::text[], ?::text[], ?::uuid[], ?::timestamptz[])
                    """)
                    .param(column(captures, one -> one.capture().provider()).toArray(String[]::new))
                    .param(column(captures, one -> one.capture().providerPayment())
                            .toArray(String[]::new))
                    .param(column(captures, NewCapture::registration).toArray(UUID[]::new))
                    .param(column(captures, one -> one.capture().at().toString())
                            .toArray(String[]::new))
                    .update();
        }
    }

    /**
     * Writes payments and their open work in one statement. Open work is written in the order of ids, because jobs lock many of these rows
     * as well. An unchanged request is not written again.
     */
    private void writePayments(State state, Map<String, String> numbers, Instant now) {
        if (state.changed.isEmpty()) {
            return;
        }
        List<Payment> payments = state.changed.values().stream()
                .map(payment -> payment.withNumbers(numbers))
                .toList();
        List<PendingWork> opened = state.opened.values().stream()
                .sorted(Comparator.comparing(PendingWork::registration)
                        .thenComparing(pending -> pending.work().id()))
                .toList();
        jdbc.sql("""
                with closed as (
                     delete from payment_open where (registration_id, id) in (select * from unnest(?::uuid[], ?::uuid[]))),
                opened as (
                     insert into payment_open (registration_id, id, what, since, traceparent, due_at)
                     select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::timestamptz[], ?::text[], ?::timestamptz[])
                     on conflict (registration_id, id) do update set what = excluded.what, due_at = excluded.due_at)
                insert into payment (registration_id, conference, request, sequence, changed_at, document)
                select registration_id, conference, request, sequence, ?, document
                  from unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::text[])
                       as changed (registration_id, conference, request, sequence, document)
                on conflict (registration_id) do update
                   set conference = coalesce(excluded.conference, payment.conference),
                       request = coalesce(excluded.request, payment.request), sequence = excluded.sequence,
                       changed_at = excluded.changed_at, document = excluded.document
                """)
                .param(state.closed.values().toArray(UUID[]::new))
                .param(state.closed.keySet().toArray(UUID[]::new))
                .param(column(opened, PendingWork::registration).toArray(UUID[]::new))
                .param(column(opened, one -> one.work().id()).toArray(UUID[]::new))
                .param(column(opened, one -> one.work().kind().text()).toArray(String[]::new))
                .param(column(opened, one -> one.work().since().toString()).toArray(String[]::new))
                .param(opened.stream().map(one -> one.trace().get(PARENT)).toArray(String[]::new))
                .param(opened.stream()
                        .map(one -> textOrNull(one.work().dueAt()))
                        .toArray(String[]::new))
                .param(now.atOffset(ZoneOffset.UTC))
                .param(column(payments, Payment::registration).toArray(UUID[]::new))
                .param(payments.stream()
                        .map(payment -> payment.request() == null
                                ? null
                                : payment.request().body().conference())
                        .toArray(String[]::new))
                .param(payments.stream()
                        .map(payment ->
                                newRequest(payment, state.former.readable().get(payment.registration())))
                        .toArray(String[]::new))
                .param(column(payments, Payment::sequence).toArray(Long[]::new))
                .param(column(payments, PaymentDocument::of).toArray(String[]::new))
                .update();
    }

    private static @Nullable String newRequest(Payment payment, @Nullable Payment former) {
        if (payment.request() == null || (former != null && payment.request().equals(former.request()))) {
            return null;
        }
        return PaymentDocument.of(payment.request().body());
    }

    private static <R, T> List<T> column(List<R> rows, Function<R, T> column) {
        return rows.stream().map(column).toList();
    }

    private static @Nullable String textOrNull(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
