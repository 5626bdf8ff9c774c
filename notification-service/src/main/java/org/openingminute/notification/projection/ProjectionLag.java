package org.openingminute.notification.projection;

import java.time.Duration;
import java.util.Set;
import org.openingminute.messaging.operations.MessagingStatus;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Tells whether the projections have caught up with the events. During a backlog the state that a mail is about may have passed: the mail
 * would ask for money that was paid, or confirm a registration that was cancelled.
 */
@Component
public class ProjectionLag {

    /** Unread events younger than this are ignored. */
    public static final Duration FRESH = Duration.ofSeconds(5);

    private static final Set<String> TOPICS = Set.of("registration.events.v1", "payment.events.v1");

    private final MessagingStatus messaging;
    private final String group;

    ProjectionLag(MessagingStatus messaging, @Value("${spring.application.name}") String group) {
        this.messaging = messaging;
        this.group = group;
    }

    /** Whether everything older than {@link #FRESH} has been read. */
    public boolean isCaughtUp() {
        return isCaughtUp(messaging.broker(), group);
    }

    static boolean isCaughtUp(MessagingStatus.Broker broker, String group) {
        return broker.hasRead(group, TOPICS, FRESH);
    }
}
