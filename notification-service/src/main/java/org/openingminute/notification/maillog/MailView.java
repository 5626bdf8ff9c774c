package org.openingminute.notification.maillog;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mail as it is listed.
 *
 * @param registration {@code null} for a subscription mail
 * @param at when it entered this state
 * @param attempts how often it was handed to the mail server
 * @param reason why it has not been sent, if it has not
 * @param lastAnswer the mail server's last answer; {@code null} before the first
 * @param requestedBy the account or registrant that asked for this copy, or for this mail to be sent again; {@code null} if
 *     nobody did
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
        @Nullable String requestedBy) {

    /**
     * A mail as it was sent, without its tokens.
     *
     * @param text {@code null} before it was sent, and for an announcement mail to a reader who has left
     * @param html likewise
     */
    @Schema(name = "MailWithBodies")
    record MailWithBodies(
            @JsonUnwrapped MailView mail,
            @Nullable String text,
            @Nullable String html) {}
}
