package org.openingminute.notification.due;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.DeferredMail;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;
import org.openingminute.notification.projection.StoredProjection;

/**
 * Decides in memory how events and the passing of time change one registration's mails: which get a row now, which are deferred, and which
 * waiting mails are superseded because their state has passed. A later event that still makes a mail due does not delay it further. Used by
 * one thread.
 */
final class MailPlan {

    /** When an event older than this is read, later events may already have outdated it. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private static final Duration FOR_A_NEWER_VERSION = Duration.ofMinutes(1);

    private final StoredProjection stored;
    private final DelayPolicy delays;
    private final Supplier<UUID> ids;

    private RegistrationProjection states;
    private @Nullable String state;
    private @Nullable String payment;
    /** The mails that are due, now or later, and have no row yet. */
    private List<DeferredMail> deferred;

    /** @param ids generates the ids of mails */
    MailPlan(StoredProjection stored, DelayPolicy delays, Supplier<UUID> ids) {
        this.stored = stored;
        this.delays = delays;
        this.ids = ids;
        this.states = stored.states();
        this.deferred = stored.deferred();
    }

    /**
     * The changes to write.
     *
     * @param due the mails that get a row
     * @param superseded ids of waiting mails whose state has passed
     */
    record Changes(
            StoredProjection.ProjectionChange projection, List<PromptDelivery.NewMail> due, List<UUID> superseded) {}

    /** Applies the state that an event reports. */
    void receive(PlanEntry.ReceivedEvent event, Instant now) {
        @Nullable RegistrationStatus before = status();
        switch (event) {
            case PlanEntry.RegistrationReceived(var message, RegistrationSnapshot newest) -> {
                state = message.json();
                states = new RegistrationProjection(
                        newest,
                        states.payment(),
                        newest.heldFor().map(message.time()::plus).orElse(null));
            }
            case PlanEntry.PaymentReceived(var message, var newest) -> {
                payment = message.json();
                states = new RegistrationProjection(states.registration(), newest, states.holdEndsAt());
            }
        }
        List<DeferredMail> next = new ArrayList<>(ofNewerVersion());
        for (DueMail due : withoutRow(now)) {
            next.add(deferred(due)
                    .map(known -> delays.endsEarly(due.kind(), states) ? notAfter(now, known) : known)
                    .orElseGet(() -> deferredBy(event, due, before, now)));
        }
        deferred = next;
    }

    private @Nullable RegistrationStatus status() {
        @Nullable RegistrationSnapshot registration = states.registration();
        return registration == null ? null : registration.status();
    }

    private DeferredMail deferredBy(
            PlanEntry.ReceivedEvent event, DueMail due, @Nullable RegistrationStatus before, Instant now) {
        Instant written = event.message().time();
        return new DeferredMail(
                ids.get(),
                due.kind().code(),
                due.about(),
                now,
                delays.earliest(due.kind(), states, before, written, now),
                written.plus(FRESH).isBefore(now),
                event.traceparent());
    }

    private static DeferredMail notAfter(Instant now, DeferredMail mail) {
        return mail.dueAt().isAfter(now) ? mail.dueAt(now) : mail;
    }

    /** Returns the changes as of an instant. */
    Changes changes(Instant now) {
        List<DeferredMail> later = new ArrayList<>(ofNewerVersion());
        List<PromptDelivery.NewMail> ripe = new ArrayList<>();
        for (DueMail due : withoutRow(now)) {
            deferred(due).ifPresent(mail -> {
                if (mail.dueAt().isAfter(now)) {
                    later.add(mail);
                } else {
                    ripe.add(new PromptDelivery.NewMail(
                            stored.registration(), recipient(due), due, mail, isUnpaid(due.kind()), openBy()));
                }
            });
        }
        return new Changes(
                new StoredProjection.ProjectionChange(
                        stored.registration(), state, states.holdEndsAt(), payment, later, next(later, now)),
                ripe,
                superseded(now));
    }

    /** Returns when the mails need attention again. A due mail of a kind that only a later version knows is left to that version. */
    private static @Nullable Instant next(List<DeferredMail> later, Instant now) {
        return later.stream()
                .map(mail -> mail.dueAt().isAfter(now) ? mail.dueAt() : now.plus(FOR_A_NEWER_VERSION))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private boolean isUnpaid(MailKind kind) {
        return kind.isAboutUnpaid()
                && requireNonNull(states.registration(), "without a registration no mail is due")
                        .isUnpaid();
    }

    private @Nullable Instant openBy() {
        @Nullable RegistrationSnapshot registration = states.registration();
        return registration != null && registration.isToBeOpened() ? states.holdEndsAt() : null;
    }

    private String recipient(DueMail due) {
        RegistrationSnapshot registration =
                requireNonNull(states.registration(), "without a registration no mail is due");
        return DueMails.addressed(registration, due).contact().email();
    }

    /** Returns the stored state after these changes, except for the rows of mails. */
    StoredProjection after(Changes changes) {
        return new StoredProjection(
                stored.registration(),
                states,
                stored.conferenceRevision(),
                changes.projection().deferred(),
                stored.mails());
    }

    /** Returns the mails that an instance has leased according to their rows. */
    List<UUID> leasedBy(UUID instance) {
        return stored.mails().stream()
                .filter(mail -> mail.isWaiting() && instance.equals(mail.leasedBy()))
                .map(StoredProjection.StoredMail::id)
                .toList();
    }

    private List<DueMail> withoutRow(Instant now) {
        return DueMails.by(states, now).stream()
                .filter(due -> stored.mails().stream()
                        // One whose state had passed waits again.
                        .noneMatch(mail -> mail.copy() == 0 && !mail.hasPassed() && due.is(mail.kind(), mail.about())))
                .toList();
    }

    private Optional<DeferredMail> deferred(DueMail due) {
        return deferred.stream()
                .filter(mail -> due.is(mail.kind(), mail.about()))
                .findFirst();
    }

    private List<DeferredMail> ofNewerVersion() {
        return deferred.stream()
                .filter(mail -> MailKind.of(mail.kind()).isEmpty())
                .toList();
    }

    /**
     * Returns the waiting mails to supersede. Mails that are being sent are left to their sender, which checks them itself. Mails of an
     * unknown kind are left to a later version that runs beside this one during an upgrade. A requested mail stays due while it waits.
     */
    private List<UUID> superseded(Instant now) {
        List<DueMail> due = DueMails.by(states, now);
        return stored.mails().stream()
                .filter(mail -> mail.isWaiting() && mail.leasedBy() == null)
                .filter(mail -> MailKind.of(mail.kind())
                        .filter(kind -> !DueMail.isRequested(kind, mail.about()))
                        .isPresent())
                .filter(mail -> due.stream().noneMatch(one -> one.is(mail.kind(), mail.about())))
                .map(StoredProjection.StoredMail::id)
                .toList();
    }
}
