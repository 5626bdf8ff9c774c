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

/** The sandbox: sessions, attempts with cards, refunds and disputes. */
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

    /** The session with this key; it is created if there is none. */
    SandboxSession open(UUID key, UUID registration, Money amount, SandboxSession.Details details) {
        repository.insert(name("cs_"), key, registration, amount, details, clock.instant());
        SandboxSession session = repository.byKey(key).orElseThrow();
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

    /** Sessions whose dispute began or ended at this instant or later, the oldest change first. */
    List<SandboxSession> disputed(Instant since) {
        return repository.disputed(since);
    }

    /** Ends a session in which nothing was captured. */
    SandboxSession end(String id) {
        return inTransaction(() -> {
            SandboxSession session = repository.lock(id).orElseThrow(Sandbox::unknown);
            switch (session.state()) {
                case open -> repository.setState(id, SandboxSession.SandboxState.ended);
                case confirming -> {
                    endProcessing(session, SandboxSession.Outcome.declined, "session-ended");
                    repository.setState(id, SandboxSession.SandboxState.ended);
                }
                case captured, ended -> {}
            }
            return session(id);
        });
    }

    /**
     * Tries to pay with a card. The same card again after a capture is the same payment.
     *
     * @throws Problem 409 if the session has ended
     */
    PayOutcome pay(String id, TestCard card) {
        PayOutcome outcome = inTransaction(() -> {
            SandboxSession session = repository.lock(id).orElseThrow(Sandbox::unknown);
            return switch (session.state()) {
                case captured -> {
                    boolean sameCard = session.last(SandboxSession.Outcome.captured)
                            .map(one -> one.card().equals(card.number()))
                            .orElse(false);
                    if (!sameCard) {
                        throw notPayable("session-paid", "This is paid already.");
                    }
                    yield PayOutcome.CAPTURED;
                }
                case ended ->
                    throw notPayable("session-ended", "This session has ended. Go back to your registration.");
                case confirming -> {
                    endProcessing(session, SandboxSession.Outcome.declined, "not-confirmed");
                    yield tried(id, card);
                }
                case open -> tried(id, card);
            };
        });
        delivery.wake();
        return outcome;
    }

    private PayOutcome tried(String id, TestCard card) {
        String payment = name("pay_");
        Instant now = clock.instant();
        return switch (card) {
            case CAPTURED, DISPUTED -> {
                insert(id, payment, now, SandboxSession.Outcome.captured, card);
                repository.setPaid(id, card, card == TestCard.DISPUTED ? now.plus(DISPUTED_AFTER) : null);
                report("payment.captured", id);
                yield PayOutcome.CAPTURED;
            }
            case DECLINED, NO_FUNDS -> {
                insert(id, payment, now, SandboxSession.Outcome.declined, card);
                repository.setState(id, SandboxSession.SandboxState.open);
                report("payment.declined", id);
                yield PayOutcome.DECLINED;
            }
            case NEEDS_CONFIRMATION -> {
                insert(id, payment, now, SandboxSession.Outcome.processing, card);
                repository.setState(id, SandboxSession.SandboxState.confirming);
                report("payment.processing", id);
                yield PayOutcome.NEEDS_CONFIRMATION;
            }
        };
    }

    /** @throws Problem 409 if nothing waits to be confirmed */
    PayOutcome confirm(String id, boolean accept) {
        PayOutcome outcome = inTransaction(() -> {
            SandboxSession session = repository.lock(id).orElseThrow(Sandbox::unknown);
            return switch (session.state()) {
                case confirming -> {
                    if (accept) {
                        endProcessing(session, SandboxSession.Outcome.captured, null);
                        repository.setPaid(id, TestCard.NEEDS_CONFIRMATION, null);
                        report("payment.captured", id);
                        yield PayOutcome.CAPTURED;
                    }
                    endProcessing(session, SandboxSession.Outcome.declined, "confirmation-refused");
                    repository.setState(id, SandboxSession.SandboxState.open);
                    report("payment.declined", id);
                    yield PayOutcome.DECLINED;
                }
                case captured -> {
                    boolean confirmed = session.last(SandboxSession.Outcome.captured)
                            .map(one -> one.card().equals(TestCard.NEEDS_CONFIRMATION.number()))
                            .orElse(false);
                    if (!accept || !confirmed) {
                        throw notPayable("session-paid", "This is paid already.");
                    }
                    yield PayOutcome.CAPTURED;
                }
                case open, ended -> throw notPayable("nothing-to-confirm", "There is nothing to confirm.");
            };
        });
        delivery.wake();
        return outcome;
    }

    /** The refund with this key; it is made if there is none. A refund that cannot be made is a failed refund. */
    SandboxRepository.SandboxRefund refund(UUID key, String payment, Money amount) {
        return inTransaction(() -> {
            SandboxSession session =
                    repository.sessionOf(payment).flatMap(repository::lock).orElseThrow(Sandbox::unknown);
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
            repository.insertRefund(key, refund, session.id(), clock.instant());
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
                SandboxSession session = repository.lock(id).orElseThrow(Sandbox::unknown);
                Money left = session.amount().less(session.refunded());
                if (repository.beginDispute(id) && left.isPositive()) {
                    String payment = session.last(SandboxSession.Outcome.captured)
                            .orElseThrow()
                            .id();
                    repository.insertDispute(
                            id,
                            new SandboxSession.SandboxDispute(
                                    name("dp_"), payment, left, "open", clock.instant(), null));
                    report("dispute.opened", id);
                }
                return id;
            });
            delivery.wake();
        }
    }

    /** Ends a session's open dispute. */
    SandboxSession endDispute(String id, boolean won) {
        SandboxSession after = inTransaction(() -> {
            SandboxSession session = repository.lock(id).orElseThrow(Sandbox::unknown);
            SandboxSession.SandboxDispute open = session.disputes().stream()
                    .filter(dispute -> dispute.state().equals("open"))
                    .findFirst()
                    .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "No dispute is open."));
            repository.endDispute(open.id(), won, clock.instant());
            report("dispute.ended", id);
            return session(id);
        });
        delivery.wake();
        return after;
    }

    /** Captures at this instant or later, in their order. */
    List<SandboxRepository.SandboxPayment> payments(Instant since, long after, int limit) {
        return repository.payments(since, after, limit);
    }

    private void insert(String session, String id, Instant at, SandboxSession.Outcome outcome, TestCard card) {
        repository.insertAttempt(
                session, new SandboxSession.SandboxAttempt(id, at, outcome, card.refusal(), card.number()));
    }

    private void endProcessing(SandboxSession session, SandboxSession.Outcome outcome, @Nullable String reason) {
        session.last(SandboxSession.Outcome.processing)
                .ifPresent(one -> repository.endAttempt(one.id(), outcome, reason, clock.instant()));
    }

    private void report(String type, String session) {
        queue.report(type, session(session));
    }

    private <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }

    /** Long enough not to be guessed. */
    private String name(String prefix) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return prefix + HexFormat.of().formatHex(bytes);
    }

    private static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "The sandbox does not know this.").because("sandbox-unknown");
    }

    private static Problem notPayable(String reason, String sentence) {
        return new Problem(PaymentProblem.NOT_PAYABLE, sentence).because(reason);
    }
}
