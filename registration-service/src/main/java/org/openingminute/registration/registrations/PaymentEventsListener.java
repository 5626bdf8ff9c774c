package org.openingminute.registration.registrations;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
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
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.springframework.stereotype.Component;

/** Submits payment-service's reports to the batches of the conferences, and waits for their commits. */
@Component
class PaymentEventsListener implements DryRunReader {

    private final Admissions admissions;
    private final RegistrationRepository registrations;
    private final TraceContext traces;

    PaymentEventsListener(Admissions admissions, RegistrationRepository registrations, TraceContext traces) {
        this.admissions = admissions;
        this.registrations = registrations;
        this.traces = traces;
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
        List<CompletableFuture<Result>> answers = new ArrayList<>(poll.size());
        for (int i = 0; i < poll.size(); i++) {
            try {
                answers.add(poll.size() == 1 ? submit(poll.getFirst()) : submitInItsTrace(poll.get(i)));
            } catch (RuntimeException e) {
                answers.add(CompletableFuture.failedFuture(e));
            }
        }
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

    /** A batch uses its own thread and transaction; a dry run already has both. */
    @Override
    public void onDryRun(Message message) {
        requireNotRefused(admissions.dryRun(command(message)));
    }

    private static void requireNotRefused(Result answer) {
        if (answer instanceof Result.Refused(Problem problem)) {
            throw new PermanentFailure(
                    "the report is refused: " + problem.code().wireName());
        }
    }

    private CompletableFuture<Result> submit(Message message) {
        return admissions.submit(command(message));
    }

    /** Submits one of several messages in its own trace. */
    private CompletableFuture<Result> submitInItsTrace(Message message) {
        AtomicReference<CompletableFuture<Result>> answer = new AtomicReference<>();
        traces.receive("receive " + message.topic(), List.of(message.headers()), () -> answer.set(submit(message)));
        return answer.get();
    }

    private Command.PaymentReported command(Message message) {
        UUID registration = registrationOf(message);
        Optional<String> conference = registrations.conferenceOf(registration);
        if (conference.isEmpty()) {
            throw new PermanentFailure("the payment is of no registration here");
        }
        return new Command.PaymentReported(
                conference.get(), registration, message, message.body(PaymentSnapshot.class));
    }

    private static UUID registrationOf(Message message) {
        try {
            return UUID.fromString(message.key());
        } catch (IllegalArgumentException e) {
            throw new PermanentFailure("the key is not a registration's id", e);
        }
    }
}
