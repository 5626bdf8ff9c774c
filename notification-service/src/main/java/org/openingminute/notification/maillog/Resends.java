package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.audit.AuditLog;
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
import tools.jackson.databind.node.JsonNodeFactory;

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
    private final AuditLog audit;

    Resends(
            OrderLocks locks,
            ProjectionRepository projections,
            DeferredMails deferred,
            MailLogRepository mails,
            IdempotencyRecords answers,
            TransactionTemplate transaction,
            MailSignal signal,
            MailboxBrake brake,
            AuditLog audit) {
        this.locks = locks;
        this.projections = projections;
        this.deferred = deferred;
        this.mails = mails;
        this.answers = answers;
        this.transaction = transaction;
        this.signal = signal;
        this.brake = brake;
        this.audit = audit;
    }

    /**
     * A request for a copy.
     *
     * @param organiser who asks for it; {@code null} for somebody else
     * @param by the account, or what somebody else is called
     */
    record ResendOrder(
            UUID registration, DueMail due, @Nullable Person organiser, String by) {

        /** One of an organiser, or of somebody else who is called so. */
        static ResendOrder of(UUID registration, DueMail due, @Nullable Person organiser, String otherwise) {
            return new ResendOrder(registration, due, organiser, organiser == null ? otherwise : organiser.subject());
        }

        /** A registration in another person's name is enough to ask for it. */
        boolean byAnybody() {
            return organiser == null;
        }
    }

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
     * @param by the organiser
     */
    ResentMails orderAll(MailSelection selection, @Nullable Set<String> conferences, Person by, @Nullable String key) {
        ResentMails resent = transaction.execute(status -> key == null
                ? resent(selection, conferences, by)
                : once(
                        new IdempotencyRecords.Key("resend-all", subject(conferences), key, selection.toString()),
                        () -> resent(selection, conferences, by)));
        signal.raise();
        return resent;
    }

    /** A key belongs to the mails that the organiser reaches. */
    private static UUID subject(@Nullable Set<String> conferences) {
        return conferences == null
                ? ALL
                : UUID.nameUUIDFromBytes(
                        String.join(",", new TreeSet<>(conferences)).getBytes(StandardCharsets.UTF_8));
    }

    private ResentMails resent(MailSelection selection, @Nullable Set<String> conferences, Person by) {
        ResentMails resent = new ResentMails(mails.resend(selection, conferences, by.subject()));
        audit.write(new Person.AuditEntry(
                by,
                "sent mails again",
                conferences != null && conferences.size() == 1
                        ? conferences.iterator().next()
                        : null,
                null,
                null,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("state", selection.state())
                        .put("since", selection.since().toString())
                        .put(
                                "until",
                                selection.until() == null
                                        ? null
                                        : selection.until().toString())
                        .put("kind", selection.kind())
                        .put("mails", resent.mails()),
                null));
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
                        DueMails.addressed(registration, order.due()).contact().email(),
                        order.by());
            });
            if (order.organiser() != null) {
                audit.write(new Person.AuditEntry(
                        order.organiser(),
                        "sent a mail again",
                        registration.conference(),
                        order.registration(),
                        null,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("mail", copy.id().toString())
                                .put("kind", copy.kind()),
                        null));
            }
            if (key != null) {
                answers.remember(key, copy);
            }
            return copy;
        };
    }
}
