package org.openingminute.notification.desk;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mail as it is listed.
 *
 * @param registration {@code null} for one to somebody who asked for news
 * @param at when it came to be in this state
 * @param attempts how often it was handed to the mail server
 * @param reason why it has not been sent, where it has not
 * @param lastAnswer what the mail server said last; {@code null} before it said anything
 * @param requestedBy who asked for this copy; {@code null} for the first
 */
@Schema(name = "Mail")
record MailView(
        UUID id,
        @Nullable UUID registration,
        String kind,
        String to,
        @Nullable String subject,
        String state,
        Instant at,
        int attempts,
        @Nullable String reason,
        @Nullable String lastAnswer,
        @Nullable String requestedBy) {}
