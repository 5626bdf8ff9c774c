package org.openingminute.registration.desk;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.springframework.stereotype.Component;

/**
 * Keeps the desk's index up to date with this service's own events. An event only names the registration, whose current state is then read.
 * Repeated and late events are therefore harmless, and no inbox is needed.
 */
@Component
class DeskIndexListener {

    private final DeskIndex index;

    DeskIndexListener(DeskIndex index) {
        this.index = index;
    }

    @MessageReader(
            topic = "registration.events.v1",
            types = {
                "registration.held.v1",
                "registration.review-wanted.v1",
                "registration.rejected.v1",
                "registration.confirmed.v1",
                "registration.expired.v1",
                "registration.cancelled.v1",
                "registration.changed.v1",
                "registration.offer-made.v1",
                "registration.transferred.v1"
            },
            unknownTypes = Unknown.SKIP,
            // The index may lag by two seconds; few transactions with many events each cost the sale least.
            properties = {"fetch.min.bytes=1000000", "fetch.max.wait.ms=500"})
    void onAll(List<Message> poll) {
        Set<UUID> registrations = new LinkedHashSet<>();
        @Nullable BatchFailure unreadable = null;
        for (int i = 0; i < poll.size() && unreadable == null; i++) {
            try {
                registrations.add(UUID.fromString(poll.get(i).key()));
            } catch (IllegalArgumentException e) {
                unreadable = new BatchFailure(i, new PermanentFailure("the key is not a registration's id", e));
            }
        }
        index.refresh(registrations);
        if (unreadable != null) {
            throw unreadable;
        }
    }
}
