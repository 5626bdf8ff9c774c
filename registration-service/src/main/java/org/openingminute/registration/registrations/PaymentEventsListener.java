package org.openingminute.registration.registrations;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.inbox.CannotBeApplied;
import org.openingminute.messaging.inbox.FailedAt;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.PollListener;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Answer;
import org.openingminute.registration.decision.Ask;
import org.openingminute.registration.lifecycle.PaymentState;
import org.springframework.stereotype.Component;

/** Hands what payment-service says to the batches of the conferences, and waits for their commits. */
@Component
class PaymentEventsListener implements PollListener {

    private final Admissions admissions;
    private final RegistrationRepository registrations;
    private final TraceContext traces;

    PaymentEventsListener(Admissions admissions, RegistrationRepository registrations, TraceContext traces) {
        this.admissions = admissions;
        this.registrations = registrations;
        this.traces = traces;
    }

    @Override
    public String topic() {
        return "payment.events.v1";
    }

    @Override
    public Set<String> types() {
        return Set.of(
                "payment.captured.v1",
                "payment.failed.v1",
                "payment.refunded.v1",
                "payment.refund-wanted.v1",
                "payment.refund-failed.v1",
                "payment.disputed.v1",
                "payment.dispute-ended.v1",
                "payment.receipt-issued.v1");
    }

    @Override
    public Unknown unknownTypes() {
        return Unknown.SKIP;
    }

    @Override
    public void onAll(List<Message> poll) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>(poll.size());
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
                throw new FailedAt(i, cause instanceof RuntimeException failure ? failure : e);
            } catch (CannotBeApplied e) {
                throw new FailedAt(i, e);
            }
        }
    }

    /** A batch works on a thread and in a transaction of its own; a dry run has both already. */
    @Override
    public void onDryRun(Message message) {
        requireNotRefused(admissions.dryRun(news(message)));
    }

    private static void requireNotRefused(Answer answer) {
        if (answer instanceof Answer.Refused(Problem problem)) {
            throw new CannotBeApplied(
                    "what it says is refused: " + problem.code().wireName());
        }
    }

    private CompletableFuture<Answer> submit(Message message) {
        return admissions.submit(news(message));
    }

    /** Among several, each goes on in its own. */
    private CompletableFuture<Answer> submitInItsTrace(Message message) {
        AtomicReference<CompletableFuture<Answer>> answer = new AtomicReference<>();
        traces.receive("receive " + topic(), List.of(message.headers()), () -> answer.set(submit(message)));
        return answer.get();
    }

    private Ask.PaymentNews news(Message message) {
        UUID registration = registrationOf(message);
        Optional<String> conference = registrations.conferenceOf(registration);
        if (conference.isEmpty()) {
            throw new CannotBeApplied("the payment is of no registration here");
        }
        return new Ask.PaymentNews(conference.get(), registration, message, message.body(PaymentState.class));
    }

    private static UUID registrationOf(Message message) {
        try {
            return UUID.fromString(message.key());
        } catch (IllegalArgumentException e) {
            throw new CannotBeApplied("the key is not a registration's id", e);
        }
    }
}
