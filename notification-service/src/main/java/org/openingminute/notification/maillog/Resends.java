package org.openingminute.notification.maillog;

import static java.util.Objects.requireNonNull;

import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.notification.due.DeferredMails;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.due.MailSignal;
import org.openingminute.notification.maillog.MailLogRepository.OfRegistration;
import org.openingminute.notification.maillog.MailLogRepository.Resent;
import org.openingminute.notification.maillog.MailLogRepository.Selected;
import org.openingminute.notification.ops.BusinessOffsets;
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.subscription.MailboxThrottle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Accepts requests to resend mails. A mail whose state has passed is not resent, and a waiting mail is not duplicated. A single mail is
 * resent as a copy; many failed mails wait again in their own rows.
 */
@Component
class Resends {

    /** The subject of the keys of requests that concern no single mail. */
    private static final UUID ALL = new UUID(0, 0);

    /** The most mails that a preview checks, because each check needs the state of its registration. */
    private static final int MOST_LOOKED_AT = 2_000;

    private final OrderLocks locks;
    private final ProjectionRepository projections;
    private final DeferredMails deferred;
    private final MailLogRepository mails;
    private final BusinessOffsets offsets;
    private final IdempotencyRecords answers;
    private final TransactionTemplate transaction;
    private final MailSignal signal;
    private final MailboxThrottle throttle;
    private final AuditLog audit;

    Resends(
            OrderLocks locks,
            ProjectionRepository projections,
            DeferredMails deferred,
            MailLogRepository mails,
            BusinessOffsets offsets,
            IdempotencyRecords answers,
            TransactionTemplate transaction,
            MailSignal signal,
            MailboxThrottle throttle,
            AuditLog audit) {
        this.locks = locks;
        this.projections = projections;
        this.deferred = deferred;
        this.mails = mails;
        this.offsets = offsets;
        this.answers = answers;
        this.transaction = transaction;
        this.signal = signal;
        this.throttle = throttle;
        this.audit = audit;
    }

    /**
     * A request for a copy.
     *
     * @param organiser who requests it; {@code null} if not an organiser
     * @param by the account, or how the requester is named otherwise
     * @param why in the organiser's own words; {@code null} for none
     */
    record ResendOrder(
            UUID registration,
            DueMail due,
            @Nullable Person organiser,
            String by,
            @Nullable String why) {

        /** Creates a request by an organiser, or by a requester who is named {@code otherwise}. */
        static ResendOrder of(UUID registration, DueMail due, @Nullable Person organiser, String otherwise) {
            return new ResendOrder(
                    registration, due, organiser, organiser == null ? otherwise : organiser.subject(), null);
        }

        /** Whether anybody could request this mail by registering in another person's name. */
        boolean byAnybody() {
            return organiser == null;
        }
    }

    /**
     * Requests a copy, or returns the first reply to the same request. Times in the reply are business time.
     *
     * @param limit checked under the registration's lock before a copy is inserted; throws to refuse
     * @throws Problem {@code not-allowed-now} if no mail of the kind is due now
     */
    MailView order(ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit) {
        OffsetHistory history = offsets.history();
        MailView copy = transaction.execute(status -> {
            locks.takeFor(order.registration());
            return Optional.ofNullable(key)
                    .flatMap(known -> answers.find(known, MailView.class))
                    .orElseGet(newCopy(order, key, limit, history));
        });
        signal.raise();
        return copy;
    }

    /**
     * What a request for a copy would do.
     *
     * @param recipient the address that the mail goes to
     * @param waits whether such a mail is waiting already, so that no copy would be made
     */
    record ForeseenCopy(String recipient, boolean waits) {}

    /**
     * Returns what {@link #order} would do, without changing anything.
     *
     * @param limit as for {@link #order}
     * @throws Problem as for {@link #order}
     */
    ForeseenCopy foresee(ResendOrder order, Runnable limit) {
        RegistrationSnapshot registration = due(order, projections.read(order.registration()));
        return mails.waiting(order.registration(), order.due())
                .map(waiting -> new ForeseenCopy(waiting.to(), true))
                .orElseGet(() -> {
                    limit.run();
                    return new ForeseenCopy(recipient(order, registration), false);
                });
    }

    /**
     * Returns the registration if the mail is due now.
     *
     * @throws Problem {@code not-allowed-now} if it is not
     */
    private RegistrationSnapshot due(ResendOrder order, StoredProjection known) {
        @Nullable RegistrationSnapshot registration = known.states().registration();
        if (registration == null || !DueMails.mayGo(order.due(), known.states(), mails.now())) {
            throw new Problem(
                    CommonProblem.NOT_ALLOWED_NOW, "The registration is not in the state that this mail is about.");
        }
        return registration;
    }

    private static String recipient(ResendOrder order, RegistrationSnapshot registration) {
        return DueMails.addressed(registration, order.due()).contact().email();
    }

    /**
     * A request for many mails.
     *
     * @param selection in machine time
     * @param asked as it was requested; identifies the request even if a rehearsal's clock was moved since
     * @param conferences as for {@link MailLogRepository#resend}
     * @param why in the organiser's own words; {@code null} for none
     */
    record ManyOrder(
            MailSelection selection,
            MailSelection asked,
            @Nullable Set<String> conferences,
            Person organiser,
            @Nullable String why) {

        /** Creates a request that is identified by its selection in machine time. */
        ManyOrder(MailSelection selection, @Nullable Set<String> conferences, Person organiser, @Nullable String why) {
            this(selection, selection, conferences, organiser, why);
        }

        /** Returns the only conference that the organiser may access; {@code null} if there are several, or all. */
        private @Nullable String onlyConference() {
            return conferences != null && conferences.size() == 1
                    ? conferences.iterator().next()
                    : null;
        }

        /** Scopes a key to the mails that the organiser may access. */
        private IdempotencyRecords.Key key(String key) {
            UUID subject = conferences == null
                    ? ALL
                    : UUID.nameUUIDFromBytes(
                            String.join(",", new TreeSet<>(conferences)).getBytes(StandardCharsets.UTF_8));
            return new IdempotencyRecords.Key(
                    "resend-all", subject, key, why == null ? asked.toString() : asked + " " + why);
        }
    }

    /**
     * Puts failed and bounced mails back into the queue, or returns the first reply to the same request. Whether each mail is still due is
     * checked before it is sent, as for every mail. The audit gets an entry for each conference concerned.
     */
    ResentMails orderAll(ManyOrder order, @Nullable String key) {
        ResentMails resent =
                transaction.execute(status -> key == null ? resent(order) : once(order.key(key), () -> resent(order)));
        signal.raise();
        return resent;
    }

    private ResentMails resent(ManyOrder order) {
        List<Resent> resent = mails.resend(
                order.selection(), order.conferences(), order.organiser().subject());
        if (resent.isEmpty()) {
            note(order, order.onlyConference(), 0);
        }
        resent.forEach(one -> note(order, one.conference(), one.mails()));
        return new ResentMails(resent.stream().mapToInt(Resent::mails).sum());
    }

    private void note(ManyOrder order, @Nullable String conference, int number) {
        MailSelection selection = order.selection();
        audit.write(new Person.AuditEntry(
                order.organiser(),
                "sent mails again",
                conference,
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
                        .put("mails", number),
                order.why()));
    }

    /**
     * What a request for many mails would do.
     *
     * @param all for all kinds together
     * @param kinds the kinds with mails that would be put back
     * @param passed by kind, how many are not due now and would not be sent; {@code null} if there are too many mails to check.
     *     Announcements are not checked
     */
    record Foreseen(
            Selected all, List<Selected> kinds, @Nullable Map<String, Long> passed) {

        /** Returns how many of a kind are not due; empty if they were not checked. */
        Optional<Long> passedOf(Selected kind) {
            return passed == null || MailKind.of(kind.kind()).isEmpty()
                    ? Optional.empty()
                    : Optional.of(passed.getOrDefault(kind.kind(), 0L));
        }

        /** Returns how many of all checked mails are not due. */
        long sumOfPassed() {
            return passed == null
                    ? 0
                    : passed.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Returns what {@link #orderAll} would do, without changing anything. */
    Foreseen foresee(MailSelection selection, Set<String> conferences) {
        List<Selected> counts = mails.count(selection, conferences);
        Selected all = counts.getLast();
        return new Foreseen(
                all,
                counts.stream()
                        .filter(one -> !one.equals(all) && one.mails() > 0)
                        .toList(),
                all.mails() > MOST_LOOKED_AT ? null : passed(selection, conferences));
    }

    private Map<String, Long> passed(MailSelection selection, Set<String> conferences) {
        List<OfRegistration> found = mails.ofRegistrations(selection, conferences);
        Map<UUID, StoredProjection> known = projections.read(
                found.stream().map(OfRegistration::registration).distinct().toList());
        Instant now = mails.now();
        return found.stream()
                .filter(mail ->
                        hasPassed(mail.due(), requireNonNull(known.get(mail.registration()), "each has an entry"), now))
                .collect(Collectors.groupingBy(mail -> mail.due().kind().code(), Collectors.counting()));
    }

    /**
     * Whether a mail is not due any more. A mail about a registration that cannot be read counts as due, and is tried when its turn comes.
     */
    private static boolean hasPassed(DueMail due, StoredProjection known, Instant now) {
        return known.failure() == null && !DueMails.mayGo(due, known.states(), now);
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
     * The reply to a request for many mails.
     *
     * @param mails how many were put back into the queue
     */
    @Schema(name = "ResentMails")
    record ResentMails(int mails) {}

    private Supplier<MailView> newCopy(
            ResendOrder order, IdempotencyRecords.@Nullable Key key, Runnable limit, OffsetHistory history) {
        return () -> {
            StoredProjection known = projections.read(order.registration());
            RegistrationSnapshot registration = due(order, known);
            if (order.byAnybody()
                    && (order.due().isRequested() || registration.isUnpaid())
                    && mails.waiting(order.registration(), order.due()).isEmpty()) {
                throttle.check(registration.contact().email());
            }
            deferred.insert(known, order.due());
            MailView copy = mails.waiting(order.registration(), order.due())
                    .orElseGet(() -> {
                        limit.run();
                        return mails.copy(
                                order.registration(), order.due(), recipient(order, registration), order.by());
                    })
                    .inBusinessTime(history);
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
                        order.why()));
            }
            if (key != null) {
                answers.remember(key, copy);
            }
            return copy;
        };
    }
}
