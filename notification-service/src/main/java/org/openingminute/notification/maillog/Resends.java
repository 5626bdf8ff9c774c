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

/** Accepts requests for resends. A mail whose state has passed is not sent again, and a waiting mail is not duplicated. */
@Component
class Resends {

    private final ProjectionRepository projections;
    private final MailLogRepository mails;
    private final IdempotencyRecords answers;
    private final TransactionTemplate transaction;
    private final MailSignal signal;

    Resends(
            ProjectionRepository projections,
            MailLogRepository mails,
            IdempotencyRecords answers,
            TransactionTemplate transaction,
            MailSignal signal) {
        this.projections = projections;
        this.mails = mails;
        this.answers = answers;
        this.transaction = transaction;
        this.signal = signal;
    }

    /** A request for a copy, by an account or the registrant. */
    record ResendOrder(UUID registration, DueMail due, String by) {}

    /**
     * Requests a copy, or repeats the first answer to the same request.
     *
     * @param limit checked before a new copy is inserted, under the registration's lock; throws to refuse
     * @throws Problem {@code not-allowed-now} if no mail of the kind is due now
     */
    MailView order(ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit) {
        MailView copy = transaction.execute(status -> {
            projections.lock(order.registration());
            return Optional.ofNullable(key).flatMap(answers::find).orElseGet(newCopy(order, key, limit));
        });
        signal.raise();
        return copy;
    }

    private Supplier<MailView> newCopy(ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit) {
        return () -> {
            RegistrationProjection known = projections
                    .find(order.registration())
                    .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such registration."));
            @Nullable RegistrationSnapshot registration = known.registration();
            if (registration == null || !DueMails.mayGo(order.due(), known, mails.now())) {
                throw new Problem(
                        CommonProblem.NOT_ALLOWED_NOW, "The registration is not in the state that this mail is about.");
            }
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
