package org.openingminute.notification.due;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.messaging.batch.CommitQueue;
import org.openingminute.messaging.batch.CommitQueues;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Queues events and due deferred mails for {@link MailPlanning}. */
@Component
class MailPlanQueue {

    private static final Logger log = LoggerFactory.getLogger(MailPlanQueue.class);

    private final CommitQueue<PlanEntry, Boolean> queue;

    MailPlanQueue(CommitQueues queues, MailPlanning planning) {
        this.queue = queues.queue("mail-events", planning);
    }

    /**
     * Saves the states that events report, and inserts the mails that they make due.
     *
     * @throws BatchFailure with the first event that cannot be read or applied; the events before it are saved
     */
    void receive(List<Message> messages, Function<Message, PlanEntry.ReceivedEvent> body) {
        List<PlanEntry> events = new ArrayList<>();
        @Nullable BatchFailure unreadable = null;
        for (int i = 0; i < messages.size() && unreadable == null; i++) {
            try {
                events.add(body.apply(messages.get(i)));
            } catch (RuntimeException e) {
                unreadable = new BatchFailure(i, e);
            }
        }
        if (!events.isEmpty()) {
            queue.applyAll(events);
        }
        if (unreadable != null) {
            throw unreadable;
        }
    }

    /**
     * Inserts the rows of deferred mails that are due.
     *
     * @return the registrations that failed; others are not affected
     */
    List<UUID> insertDue(List<UUID> registrations) {
        List<CompletableFuture<Boolean>> results = queue.submitAll(
                registrations.stream().<PlanEntry>map(PlanEntry.DueNow::new).toList());
        List<UUID> failed = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            try {
                results.get(i).join();
            } catch (CompletionException e) {
                log.warn(
                        "Due mails of registration {} could not be inserted, retrying later",
                        registrations.get(i),
                        RedactedException.of(e));
                failed.add(registrations.get(i));
            }
        }
        return failed;
    }
}
