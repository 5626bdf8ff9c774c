package org.openingminute.benchmarks.oneprocess;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.benchmarks.oneprocess.Mails.ConfirmationMail;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Registrations: a transaction locks the conference's row, decides by registration-service's rules, and writes. Thread-safe. */
@Component
class Sales {

    /** A signer with a dummy key. */
    private static final TicketSigner TICKETS = TicketSigner.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Decisions decisions;
    private final Payments payments;
    private final Mails mails;
    private final Conferences conferences;

    Sales(
            JdbcClient jdbc,
            TransactionTemplate transaction,
            Decisions decisions,
            Payments payments,
            Mails mails,
            Conferences conferences) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.decisions = decisions;
        this.payments = payments;
        this.mails = mails;
        this.conferences = conferences;
    }

    Registration find(UUID id) {
        return jdbc.sql("select document from one.registration where id = ?")
                .param(id)
                .query((row, _) -> Documents.registration(row.getString("document")))
                .single();
    }

    Result register(Command.Register command) {
        return decide(command, null, command.key());
    }

    /** Reports a payment's outcome to its registration. */
    void report(Payment payment) {
        PaymentRequest request = Objects.requireNonNull(payment.request()).body();
        UUID id = payment.registration();
        Message message = new Message(
                UUID.randomUUID(),
                "payment.events.v1",
                id.toString(),
                "payment.captured.v1",
                "/payment-service",
                Instant.now(),
                payment.sequence(),
                "",
                Map.of());
        PaymentSnapshot snapshot = Documents.value(PaymentReport.json(payment), PaymentSnapshot.class);
        decide(new Command.PaymentReported(request.conference(), id, message, snapshot), id, null);
    }

    private Result decide(Command command, @Nullable UUID about, @Nullable IdempotencyKey key) {
        List<ConfirmationMail> due = new ArrayList<>();
        Result result = Objects.requireNonNull(transaction.execute(_ -> {
            SaleState state = state(conferences.named(command.conference()), about, key);
            Result decided = decisions.decide(state, command);
            write(command.conference(), state, due);
            return decided;
        }));
        due.forEach(mails::send);
        return result;
    }

    private SaleState state(Conference conference, @Nullable UUID about, @Nullable IdempotencyKey key) {
        int reference = jdbc.sql("select next_reference from one.conference where slug = ? for update")
                .param(conference.slug())
                .query(Integer.class)
                .single();
        Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();
        jdbc.sql("select code, held, sold from one.quota where conference = ?")
                .param(conference.slug())
                .query(row -> {
                    quotas.put(
                            QuotaKey.of(row.getString("code")),
                            new Inventory.Allocated(row.getInt("held"), row.getInt("sold"), null));
                });
        Instant now = Instant.now();
        return new SaleState(
                new SaleState.Read(
                        now.truncatedTo(ChronoUnit.MILLIS),
                        now,
                        0,
                        conference,
                        quotas,
                        about == null ? Map.of() : Map.of(about, find(about)),
                        key == null ? Map.of() : answered(key),
                        Set.of(),
                        reference),
                Availability.of(conference.definition(), now));
    }

    private Map<IdempotencyKey, SaleState.StoredReply> answered(IdempotencyKey key) {
        return jdbc.sql("select body_hash, registration_id, answer from one.idempotency where scope = ? and key = ?")
                .param(key.scope())
                .param(key.key())
                .query((row, _) -> reply(row))
                .optional()
                .map(reply -> Map.of(key, reply))
                .orElse(Map.of());
    }

    private static SaleState.StoredReply reply(ResultSet row) throws SQLException {
        return new SaleState.StoredReply(
                new RequestHash(row.getString("body_hash")),
                row.getObject("registration_id", UUID.class),
                Result.How.CREATED,
                row.getString("answer"));
    }

    private void write(String slug, SaleState state, List<ConfirmationMail> due) {
        state.created().forEach(this::insert);
        state.changed().forEach(this::update);
        state.inventory()
                .changed()
                .forEach((key, allocated) -> jdbc.sql("""
                        insert into one.quota (conference, code, held, sold) values (?, ?, ?, ?)
                        on conflict (conference, code) do update set held = excluded.held, sold = excluded.sold
                        """)
                        .param(slug)
                        .param(key.code())
                        .param(allocated.held())
                        .param(allocated.sold())
                        .update());
        state.newKeys()
                .forEach((key, reply) -> jdbc.sql("""
                        insert into one.idempotency (scope, key, body_hash, registration_id, status, answer)
                        values (?, ?, ?, ?, ?, ?)
                        """)
                        .param(key.scope())
                        .param(key.key())
                        .param(reply.requestHash().hex())
                        .param(reply.registration())
                        .param(Replies.status(reply.how()))
                        .param(reply.answer())
                        .update());
        state.timeline()
                .forEach(entry -> note(
                        entry.registration(),
                        state.now(),
                        entry.note().what(),
                        entry.note().detail()));
        if (!state.created().isEmpty()) {
            jdbc.sql("update one.conference set next_reference = ? where slug = ?")
                    .param(state.nextReference())
                    .param(slug)
                    .update();
        }
        handOver(state.messages(TICKETS), due);
    }

    /** Passes on by calls in the same transaction what the services exchange as messages. */
    private void handOver(List<OutgoingMessage> messages, List<ConfirmationMail> due) {
        @Nullable Payment kept = null;
        @Nullable OutgoingMessage confirmed = null;
        for (OutgoingMessage message : messages) {
            switch (message.type()) {
                case "payment.request.v1" ->
                    payments.request(Payments.JSON.readValue(Documents.json(message.body()), PaymentRequest.class));
                case "payment.keep.v1" -> kept = payments.keep(UUID.fromString(message.key()));
                case "registration.confirmed.v1" -> confirmed = message;
                default -> {
                    // No part reads this message.
                }
            }
        }
        if (confirmed != null) {
            due.add(mails.due(Documents.json(confirmed.body()), kept));
        }
    }

    private void insert(Registration registration) {
        jdbc.sql("""
                insert into one.registration (id, conference, reference, status, created_at, document)
                values (?, ?, ?, ?, ?, ?::json)
                """)
                .param(registration.id())
                .param(registration.conference())
                .param(registration.reference())
                .param(registration.status().wireName())
                .param(registration.createdAt().atOffset(ZoneOffset.UTC))
                .param(Documents.json(registration))
                .update();
        for (Attendee attendee : registration.attendees()) {
            jdbc.sql("insert into one.attendee (id, registration_id, conference, email) values (?, ?, ?, ?)")
                    .param(attendee.id())
                    .param(registration.id())
                    .param(registration.conference())
                    .param(attendee.email())
                    .update();
        }
    }

    private void update(Registration registration) {
        jdbc.sql("update one.registration set status = ?, document = ?::json where id = ?")
                .param(registration.status().wireName())
                .param(Documents.json(registration))
                .param(registration.id())
                .update();
    }

    private void note(UUID registration, Instant at, String what, @Nullable String detail) {
        jdbc.sql("insert into one.timeline (registration_id, at, what, detail) values (?, ?, ?, ?)")
                .param(registration)
                .param(at.atOffset(ZoneOffset.UTC))
                .param(what)
                .param(detail)
                .update();
    }
}
