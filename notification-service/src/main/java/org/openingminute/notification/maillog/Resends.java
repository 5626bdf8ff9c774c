package org.openingminute.notification.maillog;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes orders for copies of mails. A mail whose state has gone is not sent again, and one that still waits is not doubled.
 * Safe for all threads.
 */
@Component
class Resends {

    private final ProjectionRepository heard;
    private final MailLogRepository mails;
    private final IdempotencyRecords answers;
    private final TransactionTemplate transaction;
    private final MailSignal bell;

    Resends(
            ProjectionRepository heard,
            MailLogRepository mails,
            IdempotencyRecords answers,
            TransactionTemplate transaction,
            MailSignal bell) {
        this.heard = heard;
        this.mails = mails;
        this.answers = answers;
        this.transaction = transaction;
        this.bell = bell;
    }

    /** Who orders what. */
    record ResendOrder(UUID registration, DueMail owed, String by) {}

    /**
     * Orders a copy, or gives the first answer to the same request again.
     *
     * @param limit looked at before a new copy is ordered, under the registration's lock; throws to refuse
     * @throws Problem {@code not-allowed-now} if nothing of the kind is owed now
     */
    MailView order(ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit) {
        MailView copy = transaction.execute(status -> {
            heard.lock(order.registration());
            return Optional.ofNullable(key).flatMap(answers::find).orElseGet(newCopy(order, key, limit));
        });
        bell.ring();
        return copy;
    }

    private Supplier<MailView> newCopy(ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit) {
        return () -> {
            RegistrationProjection known = heard.find(order.registration())
                    .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such registration."));
            @Nullable RegistrationSnapshot registration = known.registration();
            if (registration == null || !DueMails.mayGo(order.owed(), known, mails.now())) {
                throw new Problem(
                        CommonProblem.NOT_ALLOWED_NOW, "The registration is not in the state that this mail is about.");
            }
            MailView copy = mails.waiting(order.registration(), order.owed()).orElseGet(() -> {
                limit.run();
                return mails.copy(
                        order.registration(),
                        order.owed(),
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
