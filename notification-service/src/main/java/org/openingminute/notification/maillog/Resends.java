package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.notification.due.DeferredMails;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.subscription.MailboxBrake;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Accepts requests for resends. A mail whose state has passed is not sent again, and a waiting mail is not duplicated. One mail is
 * sent again as a copy; many that failed wait once more in their own rows.
 */
@Component
class Resends {

    /** The subject of keys of requests that are about no single mail. */
    private static final UUID ALL = new UUID(0, 0);

    private final OrderLocks locks;
    private final ProjectionRepository projections;
    private final DeferredMails deferred;
    private final MailLogRepository mails;
    private final IdempotencyRecords answers;
    private final TransactionTemplate transaction;
    private final MailSignal signal;
    private final MailboxBrake brake;

    Resends(
            OrderLocks locks,
            ProjectionRepository projections,
            DeferredMails deferred,
            MailLogRepository mails,
            IdempotencyRecords answers,
            TransactionTemplate transaction,
            MailSignal signal,
            MailboxBrake brake) {
        this.locks = locks;
        this.projections = projections;
        this.deferred = deferred;
        this.mails = mails;
        this.answers = answers;
        this.transaction = transaction;
        this.signal = signal;
        this.brake = brake;
    }

    /**
     * A request for a copy.
     *
     * @param by the account that asks for it, or the registrant
     * @param byAnybody whether a registration in another person's name is enough to ask for it
     */
    record ResendOrder(UUID registration, DueMail due, String by, boolean byAnybody) {}

    /**
     * Requests a copy, or repeats the first answer to the same request.
     *
     * @param limit checked before a new copy is inserted, under the registration's lock; throws to refuse
     * @throws Problem {@code not-allowed-now} if no mail of the kind is due now
     */
    MailView order(ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit) {
        MailView copy = transaction.execute(status -> {
            locks.takeFor(order.registration());
            return Optional.ofNullable(key)
                    .flatMap(known -> answers.find(known, MailView.class))
                    .orElseGet(newCopy(order, key, limit));
        });
        signal.raise();
        return copy;
    }

    /**
     * Puts mails that failed or bounced back into the queue, or repeats the first answer to the same request. Whether each is
     * still due is checked before it is sent, as for every mail.
     *
     * @param conferences see {@link MailLogRepository#resend}
     * @param by the organiser's account
     */
    ResentMails orderAll(MailSelection selection, @Nullable Set<String> conferences, String by, @Nullable String key) {
        ResentMails resent = transaction.execute(status -> key == null
                ? new ResentMails(mails.resend(selection, conferences, by))
                : once(
                        new IdempotencyRecords.Key("resend-all", ALL, key, selection.toString()),
                        () -> new ResentMails(mails.resend(selection, conferences, by))));
        signal.raise();
        return resent;
    }

    private ResentMails once(IdempotencyRecords.Key key, Supplier<ResentMails> order) {
        answers.lock(key);
        return answers.find(key, ResentMails.class).orElseGet(() -> {
            ResentMails resent = order.get();
            answers.remember(key, resent);
            return resent;
        });
    }

    /**
     * The answer to a request to send mails again.
     *
     * @param mails how many are on their way
     */
    @Schema(name = "ResentMails")
    record ResentMails(int mails) {}

    private Supplier<MailView> newCopy(ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit) {
        return () -> {
            StoredProjection known = projections.read(order.registration());
            @Nullable RegistrationSnapshot registration = known.states().registration();
            if (registration == null || !DueMails.mayGo(order.due(), known.states(), mails.now())) {
                throw new Problem(
                        CommonProblem.NOT_ALLOWED_NOW, "The registration is not in the state that this mail is about.");
            }
            if (order.byAnybody()
                    && (order.due().isRequested() || registration.isUnpaid())
                    && mails.waiting(order.registration(), order.due()).isEmpty()) {
                brake.check(registration.contact().email());
            }
            deferred.insert(known, order.due());
            MailView copy = mails.waiting(order.registration(), order.due()).orElseGet(() -> {
                limit.run();
                return mails.copy(
                        order.registration(),
                        order.due(),
                        registration.contact().email(),
                        order.by());
            });
            if (key != null) {
                answers.remember(key, copy);
            }
            return copy;
        };
    }
}
