package org.openingminute.notification.delivery;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The body of every {@code mail.*} event: all mails of the registration and their states. */
record MailEvent(UUID registration, List<Mail> mails) {

    static final String TOPIC = "notification.events.v1";

    /**
     * A mail.
     *
     * @param about as in {@link org.openingminute.notification.due.DueMail}; {@code null} from earlier versions
     * @param copy the number of the resend, 0 for the mail itself; {@code null} from earlier versions
     */
    record Mail(
            UUID id,
            String kind,
            String state,
            Instant at,
            @Nullable String about,
            @Nullable Integer copy) {}
}
