package org.openingminute.benchmarks.oneprocess;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.PaymentRules;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Payments: one row each, decided by payment-service's rules. Thread-safe. */
@Component
class Payments {

    static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final CardProvider provider;
    private final Clock clock;
    private final Ids ids;

    Payments(JdbcClient jdbc, TransactionTemplate transaction, CardProvider provider, Clock clock, Ids ids) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.provider = provider;
        this.clock = clock;
        this.ids = ids;
    }

    /** Creates a payment in its registration's transaction. */
    void request(PaymentRequest request) {
        Decision decision = decide(
                Payment.unknown(request.registration()),
                new PaymentTrigger.Requested(new ReceivedRequest(request, clock.instant())));
        jdbc.sql("insert into one.payment (registration_id, document) values (?, ?::json)")
                .param(request.registration())
                .param(JSON.writeValueAsString(decision.next()))
                .update();
    }

    /** Keeps the money, in its registration's transaction. */
    Payment keep(UUID registration) {
        return apply(registration, List.of(new PaymentTrigger.Kept()));
    }

    /** Opens a session: saves the intent, calls the provider, saves the outcome. Returns the address. */
    URI checkout(UUID registration) {
        UUID session = ids.next();
        Payment wanted = inTransaction(
                registration, List.of(new PaymentTrigger.SessionWanted(session, provider.name(), clock.instant())));
        Session intent = wanted.sessions().stream()
                .filter(one -> one.id().equals(session))
                .findFirst()
                .orElseThrow();
        ProviderSession opened = provider.open(new SessionOrder(
                session,
                intent.amount(),
                Objects.requireNonNull(wanted.request()).body(),
                intent.requestedAt()));
        inTransaction(registration, List.of(new PaymentTrigger.SessionOpened(session, opened.id(), opened.url())));
        return opened.url();
    }

    /** Stores a webhook, then applies it. Returns the payment unless the webhook was received before. */
    Optional<Payment> receive(String signature, byte[] body) {
        String id = provider.receive(signature, body);
        int stored = jdbc.sql("""
                insert into one.webhook (provider, id, body, received_at) values (?, ?, ?, ?) on conflict do nothing
                """)
                .param(provider.name())
                .param(id)
                .param(body)
                .param(clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        @Nullable ProviderEvents events = provider.read(body, provider::registrationOf);
        return stored == 0 || events == null
                ? Optional.empty()
                : Optional.of(inTransaction(events.registration(), events.triggers()));
    }

    private Payment inTransaction(UUID registration, List<PaymentTrigger> triggers) {
        return Objects.requireNonNull(transaction.execute(_ -> apply(registration, triggers)));
    }

    private Payment apply(UUID registration, List<PaymentTrigger> triggers) {
        Payment payment = jdbc.sql("select document from one.payment where registration_id = ? for update")
                .param(registration)
                .query((row, _) -> JSON.readValue(row.getString("document"), Payment.class))
                .single();
        for (PaymentTrigger trigger : triggers) {
            payment = save(payment, decide(payment, trigger));
        }
        return payment;
    }

    private Decision decide(Payment payment, PaymentTrigger trigger) {
        return PaymentRules.decide(payment, trigger, clock.instant(), ids);
    }

    private Payment save(Payment former, Decision decision) {
        Payment next = decision.next();
        for (Decision.Posting posting : decision.postings()) {
            post(next.registration(), posting);
        }
        for (Decision.Issue issue : decision.issues()) {
            next = next.withDocuments(Payment.append(next.documents(), issued(next, issue)));
        }
        if (!next.equals(former)) {
            jdbc.sql("update one.payment set document = ?::json where registration_id = ?")
                    .param(JSON.writeValueAsString(next))
                    .param(next.registration())
                    .update();
        }
        return next;
    }

    private void post(UUID registration, Decision.Posting posting) {
        jdbc.sql("""
                insert into one.ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .param(clock.instant().atOffset(ZoneOffset.UTC))
                .param(registration)
                .param(posting.kind().text())
                .param(posting.debit())
                .param(posting.credit())
                .param(posting.amount().amount())
                .param(posting.amount().currency())
                .param(posting.about())
                .update();
    }

    private Decision.IssuedDocument issued(Payment payment, Decision.Issue issue) {
        Instant at = issue.at();
        int year = at.atOffset(ZoneOffset.UTC).getYear();
        int number = jdbc.sql("""
                insert into one.series (kind, year, last_number) values (?, ?, 1)
                on conflict (kind, year) do update set last_number = series.last_number + 1
                returning last_number
                """)
                .param(issue.kind().name())
                .param(year)
                .query(Integer.class)
                .single();
        Decision.IssuedDocument document =
                new Decision.IssuedDocument(issue.kind(), "%d-%06d".formatted(year, number), issue.amount(), at);
        jdbc.sql("insert into one.document (kind, number, registration_id, body) values (?, ?, ?, ?::json)")
                .param(issue.kind().name())
                .param(document.number())
                .param(payment.registration())
                .param(JSON.writeValueAsString(payment.request()))
                .update();
        return document;
    }
}
