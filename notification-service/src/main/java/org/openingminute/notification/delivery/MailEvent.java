package org.openingminute.notification.delivery;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The body of every {@code mail.*} event: all mails of the registration with their states. */
record MailEvent(UUID registration, List<Mail> mails) {

    static final String TOPIC = "notification.events.v1";

    record Mail(UUID id, String kind, String state, Instant at) {}
}
