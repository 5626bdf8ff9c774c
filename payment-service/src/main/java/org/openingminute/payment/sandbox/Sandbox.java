package org.openingminute.payment.sandbox;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.PaymentProblem;
import org.openingminute.payment.lifecycle.Money;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The sandbox's rules: sessions, card attempts, refunds and disputes. */
@Component
@RehearsalOnly
final class Sandbox {

    static final Duration DISPUTED_AFTER = Duration.ofSeconds(5);
    private static final int SECRET_BYTES = 20;

    private final SandboxRepository repository;
    private final WebhookQueue queue;
    private final WebhookDelivery delivery;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Sandbox(
            SandboxRepository repository,
            WebhookQueue queue,
            WebhookDelivery delivery,
            TransactionTemplate transaction,
            Clock clock) {
        this.repository = repository;
        this.queue = queue;
        this.delivery = delivery;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** The outcome that a payer sees. */
    enum PayOutcome {
        CAPTURED,
        DECLINED,
        NEEDS_CONFIRMATION
    }

    /** Returns the session with this key; creates it if there is none. */
    SandboxSession open(UUID key, UUID registration, Money amount, SandboxSession.Details details) {
        SandboxSession session = repository.insert(name("cs_"), key, registration, amount, details, clock.instant());
        if (!session.registration().equals(registration) || !session.amount().equals(amount)) {
            throw new Problem(CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key opened another session.");
        }
        return session;
    }

    SandboxSession byKey(UUID key) {
        return repository.byKey(key).orElseThrow(Sandbox::unknown);
    }

    SandboxSession session(String id) {
        return repository.find(id).orElseThrow(Sandbox::unknown);
    }

    /** Returns the sessions whose dispute began or ended at this instant or later, in the order of that change. */
    List<SandboxSession> disputed(Instant since) {
        return repository.disputed(since);
    }

    /** Ends a session without a capture. */
    SandboxSession end(String id) {
        return inTransaction(() -> {
            SandboxSession session = locked(id);
            return switch (session.state()) {
                case open -> saved(session.in(SandboxSession.SandboxState.ended));
                case confirming ->
                    saved(endProcessing(session, SandboxSession.Outcome.declined, "session-ended")
                            .in(SandboxSession.SandboxState.ended));
                case captured, ended -> session;
            };
        });
    }

    /** The outcome of an attempt and its session. */
    record Paid(SandboxSession session, PayOutcome outcome) {}

    /**
     * Attempts a payment by card. After a capture, the same card again is the same payment.
     *
     * @throws Problem 409 if the session has ended
     */
    Paid pay(String id, TestCard card) {
        Paid paid = inTransaction(() -> {
            SandboxSession session = locked(id);
            return switch (session.state()) {
                case captured -> {
                    boolean sameCard = session.last(SandboxSession.Outcome.captured)
                            .map(one -> one.card().equals(card.number()))
                            .orElse(false);
                    if (!sameCard) {
                        throw notPayable("session-paid", "This has already been paid.");
                    }
                    yield new Paid(session, PayOutcome.CAPTURED);
                }
                case ended ->
                    throw notPayable("session-ended", "This session has ended. Please go back to your registration.");
                case confirming ->
                    tried(endProcessing(session, SandboxSession.Outcome.declined, "not-confirmed"), card);
                case open -> tried(session, card);
            };
        });
        delivery.wake();
        return paid;
    }

    private Paid tried(SandboxSession session, TestCard card) {
        Instant now = clock.instant();
        return switch (card) {
            case CAPTURED, DISPUTED -> {
                SandboxSession after = session.with(attempt(now, SandboxSession.Outcome.captured, card))
                        .in(SandboxSession.SandboxState.captured)
                        .disputedAt(card == TestCard.DISPUTED ? now.plus(DISPUTED_AFTER) : null);
                yield reported("payment.captured", after, PayOutcome.CAPTURED);
            }
            case DECLINED, NO_FUNDS ->
                reported(
                        "payment.declined",
                        session.with(attempt(now, SandboxSession.Outcome.declined, card))
                                .in(SandboxSession.SandboxState.open),
                        PayOutcome.DECLINED);
            case NEEDS_CONFIRMATION ->
                reported(
                        "payment.processing",
                        session.with(attempt(now, SandboxSession.Outcome.processing, card))
                                .in(SandboxSession.SandboxState.confirming),
                        PayOutcome.NEEDS_CONFIRMATION);
        };
    }

    /**
     * Confirms or declines an attempt on behalf of the payer.
     *
     * @throws Problem 409 if no attempt waits for a confirmation
     */
    Paid confirm(String id, boolean accept) {
        Paid paid = inTransaction(() -> {
            SandboxSession session = locked(id);
            return switch (session.state()) {
                case confirming ->
                    accept
                            ? reported(
                                    "payment.captured",
                                    endProcessing(session, SandboxSession.Outcome.captured, null)
                                            .in(SandboxSession.SandboxState.captured),
                                    PayOutcome.CAPTURED)
                            : reported(
                                    "payment.declined",
                                    endProcessing(session, SandboxSession.Outcome.declined, "confirmation-refused")
                                            .in(SandboxSession.SandboxState.open),
                                    PayOutcome.DECLINED);
                case captured -> {
                    boolean confirmed = session.last(SandboxSession.Outcome.captured)
                            .map(one -> one.card().equals(TestCard.NEEDS_CONFIRMATION.number()))
                            .orElse(false);
                    if (!accept || !confirmed) {
                        throw notPayable("session-paid", "This has already been paid.");
                    }
                    yield new Paid(session, PayOutcome.CAPTURED);
                }
                case open, ended -> throw notPayable("nothing-to-confirm", "There is nothing to confirm.");
            };
        });
        delivery.wake();
        return paid;
    }

    /** Returns the refund with this key; makes it if there is none. If it cannot be made, it becomes a failed refund. */
    SandboxRepository.SandboxRefund refund(UUID key, String payment, Money amount) {
        return inTransaction(() -> {
            SandboxSession session = repository.lockPayment(payment).orElseThrow(Sandbox::unknown);
            SandboxRepository.SandboxRefund known = repository.refund(key).orElse(null);
            if (known != null) {
                if (!known.payment().equals(payment) || !known.amount().equals(amount)) {
                    throw new Problem(CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key made another refund.");
                }
                return known;
            }
            String refusal = refusal(session, amount);
            SandboxRepository.SandboxRefund refund = new SandboxRepository.SandboxRefund(
                    name("re_"), payment, amount, refusal == null ? "done" : "failed", refusal);
            repository.insertRefund(key, refund, clock.instant());
            if (refusal == null) {
                saved(session.refunded(amount));
            }
            return refund;
        });
    }

    SandboxRepository.SandboxRefund refund(UUID key) {
        return repository.refund(key).orElseThrow(Sandbox::unknown);
    }

    private static @Nullable String refusal(SandboxSession session, Money amount) {
        if (session.disputes().stream().anyMatch(dispute -> !dispute.state().equals("won"))) {
            return "disputed";
        }
        return amount.isPositive() && session.amount().less(session.refunded()).covers(amount)
                ? null
                : "more-than-is-left";
    }

    /** Opens the disputes that are due. */
    void dispute() {
        for (String id : repository.toDispute(clock.instant())) {
            inTransaction(() -> {
                SandboxSession session = locked(id);
                Money left = session.amount().less(session.refunded());
                if (session.disputeAt() == null) {
                    return session; // another instance has opened it
                }
                SandboxSession after = session.disputedAt(null);
                if (!left.isPositive()) {
                    return saved(after);
                }
                String payment = session.last(SandboxSession.Outcome.captured)
                        .orElseThrow()
                        .id();
                return report(
                        "dispute.opened",
                        after.with(SandboxSession.SandboxDispute.of(
                                name("dp_"), payment, left, "open", clock.instant(), null)));
            });
            delivery.wake();
        }
    }

    /** Ends a session's open dispute. */
    SandboxSession endDispute(String id, boolean won) {
        SandboxSession after = inTransaction(() -> {
            SandboxSession session = locked(id);
            SandboxSession.SandboxDispute open = session.disputes().stream()
                    .filter(dispute -> dispute.state().equals("open"))
                    .findFirst()
                    .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "No dispute is open."));
            return report("dispute.ended", session.with(open.ended(won, clock.instant())));
        });
        delivery.wake();
        return after;
    }

    /** Returns captures at this instant or later, in order. */
    List<SandboxRepository.SandboxPayment> payments(Instant since, long after, int limit) {
        return repository.payments(since, after, limit);
    }

    private SandboxSession.SandboxAttempt attempt(Instant at, SandboxSession.Outcome outcome, TestCard card) {
        return new SandboxSession.SandboxAttempt(name("pay_"), at, outcome, card.refusal(), card.number());
    }

    private SandboxSession endProcessing(
            SandboxSession session, SandboxSession.Outcome outcome, @Nullable String reason) {
        return session.last(SandboxSession.Outcome.processing)
                .map(one -> session.with(one.ended(outcome, reason, clock.instant())))
                .orElse(session);
    }

    private SandboxSession locked(String id) {
        return repository.lock(id).orElseThrow(Sandbox::unknown);
    }

    private SandboxSession saved(SandboxSession session) {
        repository.save(session, List.of());
        return session;
    }

    private SandboxSession report(String type, SandboxSession session) {
        repository.save(session, queue.deliveries(type, session));
        return session;
    }

    private Paid reported(String type, SandboxSession session, PayOutcome outcome) {
        return new Paid(report(type, session), outcome);
    }

    private <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }

    /** Creates a name that cannot be guessed. */
    private String name(String prefix) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return prefix + HexFormat.of().formatHex(bytes);
    }

    private static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "This is unknown to the sandbox.").because("sandbox-unknown");
    }

    private static Problem notPayable(String reason, String sentence) {
        return new Problem(PaymentProblem.NOT_PAYABLE, sentence).because(reason);
    }
}
