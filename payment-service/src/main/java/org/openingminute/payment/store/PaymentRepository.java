package org.openingminute.payment.store;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.payment.documents.Documents;
import org.openingminute.payment.lifecycle.Attempt;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.DisputeRules.Inquiry;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores payments. A payment's row is the lock under which it changes and its events are published. */
@Component
final class PaymentRepository {

    /** The delay before a session's state is first read at the provider, if no webhook comes. */
    private static final Duration FIRST_CHECK = Duration.ofSeconds(15);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    private static final String EVENTS = "payment.events.v1";

    private final JdbcClient jdbc;
    private final PaymentRows rows;
    private final TransactionTemplate transaction;
    private final BookedAmounts booked;
    private final PaymentMessages messages;

    PaymentRepository(
            JdbcClient jdbc,
            PaymentRows rows,
            TransactionTemplate transaction,
            BookedAmounts booked,
            PaymentMessages messages) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.transaction = transaction;
        this.booked = booked;
        this.messages = messages;
    }

    /** The locks and the outbox. */
    @Component
    record PaymentMessages(OrderLocks locks, Outbox outbox, TraceContext traces) {}

    /** The ledger and the documents that a decision writes. */
    @Component
    record BookedAmounts(Ledger ledger, Documents documents) {}

    Optional<Payment> find(UUID registration) {
        return rows.find(registration);
    }

    /** Locks, reads, decides, saves and publishes in one transaction. Inserts the payment's row if there is none. */
    Payments.Change change(UUID registration, Instant now, Function<Payment, Decision> rule) {
        boolean dryRun = TransactionSynchronizationManager.isActualTransactionActive();
        if (!dryRun) {
            // Committed separately, because the lock needs a row and comes before the transaction's first write.
            makeRow(registration);
        }
        return Objects.requireNonNull(transaction.execute(_ -> {
            OrderLock lock = dryRun ? lockAndMakeRow(registration) : lock(registration);
            Payment former = rows.find(registration).orElseThrow();
            Decision decision = rule.apply(former);
            if (decision.next().equals(former) && decision.events().isEmpty()) {
                return new Payments.Change(former, former);
            }
            return new Payments.Change(former, save(lock, former, decision, now));
        }));
    }

    private OrderLock lock(UUID registration) {
        return messages.locks().take("select 1 from payment where registration_id = ? for update", registration);
    }

    /**
     * In a dry run everything is rolled back and nothing is published, so another lock suffices, and the row may come
     * after it.
     */
    private OrderLock lockAndMakeRow(UUID registration) {
        OrderLock lock = messages.locks().takeFor(registration);
        makeRow(registration);
        return lock;
    }

    private void makeRow(UUID registration) {
        jdbc.sql("insert into payment (registration_id) values (?) on conflict do nothing")
                .param(registration)
                .update();
    }

    private Payment save(OrderLock lock, Payment former, Decision decision, Instant now) {
        Payment next = decision.next()
                .withSequence(former.sequence() + decision.events().size());
        savePayment(next);
        changed(former.sessions(), next.sessions()).forEach(session -> save(next, session, now));
        changed(former.captures(), next.captures()).forEach(capture -> save(next.registration(), capture));
        changed(former.refunds(), next.refunds())
                .forEach(refund -> save(next.registration(), refund, now.plus(pauseBefore(refund, next))));
        changed(former.disputes(), next.disputes()).forEach(dispute -> save(next.registration(), dispute));
        changed(former.inquiries(), next.inquiries()).forEach(inquiry -> save(next.registration(), inquiry));
        changed(former.attempts(), next.attempts()).forEach(attempt -> save(next.registration(), attempt));
        changed(former.transfers(), next.transfers()).forEach(transfer -> save(next.registration(), transfer, now));
        booked.ledger().post(next.registration(), now, decision.postings());
        // Last, because the number's series is locked from here to the commit.
        Payment issued = issued(next, decision.issues());
        if (!Objects.equals(former.request(), next.request())) {
            checkSessionsBy(next);
        }
        List<OutgoingMessage> events = new ArrayList<>();
        long sequence = former.sequence();
        for (Decision.EventType type : decision.events()) {
            events.add(new OutgoingMessage(
                    EVENTS, next.registration().toString(), type.type(), ++sequence, PaymentEvent.of(issued)));
        }
        messages.outbox().appendAll(lock, events);
        return issued;
    }

    private Payment issued(Payment payment, List<Decision.Issue> issues) {
        Payment next = payment;
        for (Decision.Issue issue : issues) {
            next = next.withDocuments(
                    Payment.append(next.documents(), booked.documents().issue(next, issue)));
        }
        return next;
    }

    private static <T> List<T> changed(List<T> former, List<T> next) {
        return next.stream().filter(one -> !former.contains(one)).toList();
    }

    private void savePayment(Payment payment) {
        @Nullable ReceivedRequest request = payment.request();
        jdbc.sql("""
                update payment
                   set revision = ?, request = ?, requested_at = ?, sessions_end_at = ?, closed_because = ?, sequence = ?
                 where registration_id = ?
                """)
                .param(request == null ? 0 : request.body().revision())
                .param(request == null ? null : rows.json(request.body()))
                .param(request == null ? null : utc(request.requestedAt()))
                .param(request == null || !request.requestsMoney() ? null : utc(request.sessionsEndAt()))
                .param(payment.closedBecause())
                .param(payment.sequence())
                .param(payment.registration())
                .update();
    }

    /**
     * The job ends a session at once; it reads the state of an open one when the provider's webhook may have been lost.
     */
    private void save(Payment payment, Session session, Instant now) {
        Instant next = switch (session.state()) {
            case OPENING, OPEN -> earlier(now.plus(FIRST_CHECK), payment.request());
            case ENDING, ENDED, CAPTURED -> now;
        };
        jdbc.sql("""
                insert into payment_session (id, registration_id, provider, amount, currency, state, provider_session,
                                             url, asked_at, next_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update
                   set state = excluded.state, provider_session = excluded.provider_session, url = excluded.url,
                       next_at = excluded.next_at
                """)
                .param(session.id())
                .param(payment.registration())
                .param(session.provider())
                .param(session.amount().amount())
                .param(session.amount().currency())
                .param(PaymentRows.text(session.state()))
                .param(session.providerSession())
                .param(session.url() == null ? null : session.url().toString())
                .param(utc(session.requestedAt()))
                .param(utc(next))
                .update();
    }

    private void checkSessionsBy(Payment payment) {
        if (payment.request() != null && payment.request().requestsMoney()) {
            jdbc.sql("""
                    update payment_session set next_at = least(next_at, ?)
                     where registration_id = ? and state in ('opening', 'open')
                    """)
                    .param(utc(payment.request().sessionsEndAt()))
                    .param(payment.registration())
                    .update();
        }
    }

    private void save(UUID registration, Capture capture) {
        jdbc.sql("""
                insert into payment_capture (id, registration_id, provider, provider_payment, amount, currency, captured_at,
                                             surplus, answered, kept, told_at, told_again)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update
                   set answered = excluded.answered, kept = excluded.kept, told_at = excluded.told_at,
                       told_again = excluded.told_again
                """)
                .param(capture.id())
                .param(registration)
                .param(capture.provider())
                .param(capture.providerPayment())
                .param(capture.amount().amount())
                .param(capture.amount().currency())
                .param(utc(capture.at()))
                .param(capture.surplus())
                .param(capture.answered())
                .param(capture.kept())
                .param(utc(capture.reportedAt()))
                .param(capture.reportedAgain())
                .update();
    }

    /**
     * A refund after failed ones waits longer each time, because a provider that refused it will also refuse it a
     * moment later.
     */
    private static Duration pauseBefore(Refund refund, Payment payment) {
        long failed = payment.refunds().stream()
                .filter(other -> other.state() == Refund.RefundState.FAILED
                        && other.capture() != null
                        && other.capture().equals(refund.capture()))
                .count();
        return failed == 0 ? Duration.ZERO : PAUSE_AFTER_FAILURE.multipliedBy(failed * failed);
    }

    private void save(UUID registration, Refund refund, Instant nextAt) {
        jdbc.sql("""
                insert into payment_refund (id, registration_id, capture_id, amount, currency, reason, state, changed_at,
                                            asked_at, surplus, provider_refund, failure, transferred_by, returned,
                                            next_at, traceparent)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update
                   set capture_id = excluded.capture_id, state = excluded.state, changed_at = excluded.changed_at,
                       provider_refund = excluded.provider_refund, failure = excluded.failure,
                       transferred_by = excluded.transferred_by, returned = excluded.returned
                """)
                .param(refund.id())
                .param(registration)
                .param(refund.capture())
                .param(refund.amount().amount())
                .param(refund.amount().currency())
                .param(refund.reason())
                .param(PaymentRows.text(refund.state()))
                .param(utc(refund.at()))
                .param(utc(refund.requestedAt()))
                .param(refund.surplus())
                .param(refund.providerRefund())
                .param(refund.failure())
                .param(refund.transferredBy())
                .param(refund.returned())
                .param(utc(nextAt))
                .param(messages.traces().parent())
                .update();
    }

    private void save(UUID registration, Dispute dispute) {
        jdbc.sql("""
                insert into payment_dispute (id, registration_id, capture_id, provider, provider_dispute, amount, currency,
                                             state, changed_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update set state = excluded.state, changed_at = excluded.changed_at
                """)
                .param(dispute.id())
                .param(registration)
                .param(dispute.capture())
                .param(dispute.provider())
                .param(dispute.providerDispute())
                .param(dispute.amount().amount())
                .param(dispute.amount().currency())
                .param(PaymentRows.text(dispute.state()))
                .param(utc(dispute.at()))
                .update();
    }

    private void save(UUID registration, Inquiry inquiry) {
        jdbc.sql("""
                insert into payment_inquiry (id, registration_id, capture_id, provider, provider_dispute, amount, currency,
                                             opened_at, closed_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update set closed_at = excluded.closed_at
                """)
                .param(inquiry.id())
                .param(registration)
                .param(inquiry.capture())
                .param(inquiry.provider())
                .param(inquiry.providerDispute())
                .param(inquiry.amount().amount())
                .param(inquiry.amount().currency())
                .param(utc(inquiry.openedAt()))
                .param(inquiry.closedAt() == null ? null : utc(inquiry.closedAt()))
                .update();
    }

    private void save(UUID registration, Attempt attempt) {
        jdbc.sql("""
                insert into payment_try (provider, id, registration_id, tried_at, shown_at, outcome, reason)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (provider, id) do update
                   set tried_at = excluded.tried_at, shown_at = excluded.shown_at, outcome = excluded.outcome, reason = excluded.reason
                """)
                .param(attempt.provider())
                .param(attempt.id())
                .param(registration)
                .param(utc(attempt.at()))
                .param(utc(attempt.shownAt()))
                .param(attempt.outcome().text())
                .param(attempt.reason())
                .update();
    }

    private void save(UUID registration, Transfer transfer, Instant now) {
        jdbc.sql("""
                insert into payment_transfer (id, registration_id, amount, currency, received_at, marked_at, booked)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update set booked = excluded.booked
                """)
                .param(transfer.id())
                .param(registration)
                .param(transfer.amount().amount())
                .param(transfer.amount().currency())
                .param(utc(transfer.at()))
                .param(utc(now))
                .param(transfer.booked())
                .update();
    }

    private static Instant earlier(Instant instant, @Nullable ReceivedRequest request) {
        return request == null || instant.isBefore(request.sessionsEndAt()) ? instant : request.sessionsEndAt();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
