package org.openingminute.notification.delivery;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.batch.BatchEntry;
import org.openingminute.messaging.batch.BatchWork;
import org.openingminute.messaging.batch.CommitQueue;
import org.openingminute.messaging.batch.CommitQueues;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.StoredProjection;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.springframework.stereotype.Component;

/**
 * Saves the dispositions of mails, many in one commit. The final state of a registration's mail is saved and reported in one transaction
 * under the registration's lock.
 */
@Component
class DispositionWriter {

    private final CommitQueue<Finished, Boolean> queue;
    private final TraceContext traces;

    DispositionWriter(
            CommitQueues queues,
            MailQueue mails,
            ProjectionRepository projections,
            Outbox outbox,
            TraceContext traces,
            MeterRegistry meters,
            NotificationServiceSettings settings) {
        this.traces = traces;
        NotificationServiceSettings.Pace pace = settings.pace();
        this.queue = queues.queue(
                "mail-outcomes",
                new Work(
                        mails,
                        projections,
                        outbox,
                        new Counters(meters),
                        new Disposition.Policy(new BackOff(pace.backOff()), pace.giveUpAfter(), pace.refusedFor())));
    }

    /**
     * Saves the outcome of a mail's current try and returns once it is committed. If another instance has the mail, or another try of it
     * began, nothing changes.
     *
     * @throws org.springframework.dao.TransientDataAccessResourceException if it was not committed in time
     */
    void write(WaitingMail mail, SendOutcome outcome) {
        queue.apply(new Finished(mail, outcome, traces.current()));
    }

    /**
     * A mail and the outcome of its try.
     *
     * @param trace in which it was tried
     */
    private record Finished(WaitingMail mail, SendOutcome outcome, Map<String, String> trace) implements BatchEntry {

        @Override
        public Set<String> keys() {
            return Set.of(mail.registration().orElse(mail.id()).toString());
        }
    }

    /**
     * The data of a batch.
     *
     * @param states of the registrations whose mails are to be superseded
     */
    private record Batch(
            OrderLock lock,
            Instant now,
            Map<UUID, StoredProjection> states,
            Map<UUID, MailQueue.Disposed> disposed,
            Map<UUID, Map<String, String>> traces,
            List<MailQueue.Disposed> ended) {}

    /** Counts mails by their final states. */
    private record Counters(MeterRegistry meters) {

        /** Registers every counter at 0, because an alert on an increase misses the first count otherwise. */
        Counters {
            Stream.concat(
                            Arrays.stream(MailKind.values()).map(MailKind::code),
                            Arrays.stream(SubscriptionMail.values()).map(SubscriptionMail::code))
                    .forEach(kind -> Arrays.stream(Disposition.State.values())
                            .filter(state -> state.event() != null)
                            .forEach(state -> counter(meters, kind, state)));
        }

        void count(MailQueue.Disposed ended) {
            counter(meters, ended.mail().cause().kind(), ended.disposition().state())
                    .increment();
        }

        private static Counter counter(MeterRegistry meters, String kind, Disposition.State state) {
            return meters.counter("mails", "kind", kind, "outcome", state.label());
        }
    }

    private record Work(
            MailQueue queue,
            ProjectionRepository projections,
            Outbox outbox,
            Counters counters,
            Disposition.Policy policy)
            implements BatchWork<Finished, Batch, Boolean> {

        @Override
        public Batch read(OrderLock lock, List<Finished> entries) {
            List<UUID> superseded = entries.stream()
                    .filter(one -> one.outcome() == SendOutcome.Local.NO_LONGER_DUE)
                    .flatMap(one -> one.mail().registration().stream())
                    .distinct()
                    .toList();
            return new Batch(
                    lock,
                    queue.now(),
                    superseded.isEmpty() ? Map.of() : projections.read(superseded),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>(),
                    new ArrayList<>());
        }

        /** Reads the newest state under the lock, which decides whether a mail is superseded. */
        @Override
        public Boolean decide(Batch batch, Finished one) {
            WaitingMail mail = one.mail();
            SendOutcome outcome = one.outcome() == SendOutcome.Local.NO_LONGER_DUE && isDue(batch, mail)
                    ? SendOutcome.Local.DUE_AGAIN
                    : one.outcome();
            batch.disposed()
                    .putIfAbsent(
                            mail.id(),
                            new MailQueue.Disposed(mail, Disposition.of(outcome, mail, batch.now(), policy)));
            batch.traces().putIfAbsent(mail.id(), one.trace());
            return true;
        }

        private static boolean isDue(Batch batch, WaitingMail mail) {
            return mail.cause() instanceof WaitingMail.RegistrationCause cause
                    && DueMails.mayGo(
                            cause.due(),
                            requireNonNull(batch.states().get(cause.registration()), "read before")
                                    .states(),
                            batch.now());
        }

        @Override
        public void write(Batch batch) {
            Set<UUID> saved = queue.apply(batch.disposed().values());
            batch.disposed().values().stream()
                    .filter(one -> saved.contains(one.mail().id()))
                    .filter(one -> one.disposition().state() != Disposition.State.WAITING)
                    .forEach(batch.ended()::add);
            report(batch);
        }

        /** Reports the final states of registrations' mails, one event per mail. */
        private void report(Batch batch) {
            Map<UUID, List<MailQueue.Disposed>> byRegistration = new LinkedHashMap<>();
            for (MailQueue.Disposed one : batch.ended()) {
                if (one.disposition().state().event() != null) {
                    one.mail()
                            .registration()
                            .ifPresent(registration -> byRegistration
                                    .computeIfAbsent(registration, _ -> new ArrayList<>())
                                    .add(one));
                }
            }
            if (byRegistration.isEmpty()) {
                return;
            }
            Map<UUID, Integer> events = new LinkedHashMap<>();
            byRegistration.forEach((registration, mails) -> events.put(registration, mails.size()));
            List<OutgoingMessage> messages = new ArrayList<>();
            for (MailQueue.Reported reported : queue.report(events, batch.lock().sequencesBegin())) {
                MailEvent event = new MailEvent(reported.registration(), reported.mails());
                List<MailQueue.Disposed> mails =
                        requireNonNull(byRegistration.get(reported.registration()), "asked for");
                long sequence = reported.sequence() - mails.size();
                for (MailQueue.Disposed one : mails) {
                    messages.add(message(one, ++sequence, event)
                            .within(requireNonNull(batch.traces().get(one.mail().id()), "it has one")));
                }
            }
            outbox.appendAll(batch.lock(), messages);
        }

        private static OutgoingMessage message(MailQueue.Disposed one, long sequence, MailEvent event) {
            @Nullable String type = one.disposition().state().event();
            return new OutgoingMessage(
                    MailEvent.TOPIC,
                    event.registration().toString(),
                    requireNonNull(type, "only reported states"),
                    sequence,
                    event);
        }

        @Override
        public void committed(Batch batch) {
            batch.ended().forEach(counters::count);
        }
    }
}
