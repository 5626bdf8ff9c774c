package org.openingminute.registration.registrations;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.DryRunReader;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Admissions.ReceivedCommand;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.registrations.RegistrationRepository.UnpublishedChange;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Submits payment-service's reports to the batches of the conferences, and waits for their commits. */
@Component
class PaymentEventsListener implements DryRunReader {

    /** Frequent types whose change either a registration's own event reports, or no list shows. */
    private static final Set<String> FREQUENT_TYPES = Set.of("payment.captured.v1", "payment.receipt-issued.v1");

    private final Admissions admissions;
    private final RegistrationRepository registrations;
    private final TraceContext traces;
    private final ApplicationEventPublisher events;

    PaymentEventsListener(
            Admissions admissions,
            RegistrationRepository registrations,
            TraceContext traces,
            ApplicationEventPublisher events) {
        this.admissions = admissions;
        this.registrations = registrations;
        this.traces = traces;
        this.events = events;
    }

    @MessageReader(
            topic = "payment.events.v1",
            types = {
                "payment.captured.v1",
                "payment.failed.v1",
                "payment.refunded.v1",
                "payment.refund-wanted.v1",
                "payment.refund-failed.v1",
                "payment.inquiry-changed.v1",
                "payment.disputed.v1",
                "payment.dispute-ended.v1",
                "payment.receipt-issued.v1"
            },
            unknownTypes = Unknown.SKIP)
    void onAll(List<Message> poll) {
        Map<UUID, String> conferences = conferencesOf(poll);
        List<ReceivedCommand> usable = new ArrayList<>(poll.size());
        @Nullable BatchFailure unusable = null;
        for (int i = 0; i < poll.size() && unusable == null; i++) {
            Message message = poll.get(i);
            try {
                usable.add(new ReceivedCommand(
                        command(message, conferences), poll.size() == 1 ? traces.current() : trace(message)));
            } catch (PermanentFailure e) {
                unusable = new BatchFailure(i, e);
            }
        }
        List<CompletableFuture<Result>> answers = admissions.submitAll(usable);
        try {
            awaitAll(answers);
        } finally {
            publishChanges(poll.subList(0, usable.size()), answers);
        }
        if (unusable != null) {
            throw unusable;
        }
    }

    private static void awaitAll(List<CompletableFuture<Result>> answers) {
        for (int i = 0; i < answers.size(); i++) {
            try {
                requireNotRefused(answers.get(i).join());
            } catch (CompletionException e) {
                @Nullable Throwable cause = e.getCause();
                throw new BatchFailure(i, cause instanceof RuntimeException failure ? failure : e);
            } catch (PermanentFailure e) {
                throw new BatchFailure(i, e);
            }
        }
    }

    /** Publishes the changes that no other event reports. Messages that a batch has not applied will be delivered again. */
    private void publishChanges(List<Message> applied, List<CompletableFuture<Result>> answers) {
        Set<UUID> changed = new HashSet<>();
        for (int i = 0; i < applied.size(); i++) {
            if (!FREQUENT_TYPES.contains(applied.get(i).type())
                    && answers.get(i).state() == Future.State.SUCCESS) {
                registrationOf(applied.get(i)).ifPresent(changed::add);
            }
        }
        if (!changed.isEmpty()) {
            events.publishEvent(new UnpublishedChange(changed));
        }
    }

    /** Returns the trace headers for one of several messages; its receipt is recorded as a span of its own. */
    private Map<String, String> trace(Message message) {
        AtomicReference<Map<String, String>> trace = new AtomicReference<>(Map.of());
        traces.receive("receive " + message.topic(), List.of(message.headers()), () -> trace.set(traces.current()));
        return trace.get();
    }

    /** Decides on the caller's thread and in its transaction; a batch would use its own. */
    @Override
    public void onDryRun(Message message) {
        requireNotRefused(admissions.dryRun(command(message, conferencesOf(List.of(message)))));
    }

    private static void requireNotRefused(Result answer) {
        if (answer instanceof Result.Refused(Problem problem)) {
            throw new PermanentFailure(
                    "the report is refused: " + problem.code().wireName());
        }
    }

    private Map<UUID, String> conferencesOf(List<Message> poll) {
        return registrations.conferencesOf(poll.stream()
                .flatMap(message -> registrationOf(message).stream())
                .collect(Collectors.toSet()));
    }

    private static Command.PaymentReported command(Message message, Map<UUID, String> conferences) {
        UUID registration =
                registrationOf(message).orElseThrow(() -> new PermanentFailure("the key is not a registration's id"));
        @Nullable String conference = conferences.get(registration);
        if (conference == null) {
            throw new PermanentFailure("the payment is of no registration here");
        }
        return new Command.PaymentReported(conference, registration, message, message.body(PaymentSnapshot.class));
    }

    private static Optional<UUID> registrationOf(Message message) {
        try {
            return Optional.of(UUID.fromString(message.key()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
