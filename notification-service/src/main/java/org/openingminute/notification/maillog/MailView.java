package org.openingminute.notification.maillog;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;

/**
 * A mail in a list.
 *
 * @param registration {@code null} for a subscription mail
 * @param at when it entered this state; pages and programs are told it in business time
 * @param attempts how often it was handed to the mail server
 * @param reason why it has not been sent; {@code null} if it has
 * @param lastAnswer the mail server's last response; {@code null} before the first
 * @param requestedBy the account or registrant that requested this copy or its resending; {@code null} if nobody did
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

    /** The same, its time in business time. */
    MailView inBusinessTime(OffsetHistory history) {
        return new MailView(
                id,
                registration,
                kind,
                to,
                subject,
                state,
                history.businessTime(at),
                attempts,
                reason,
                lastAnswer,
                requestedBy);
    }

    /**
     * A mail as it was sent, without its tokens.
     *
     * @param text {@code null} before it was sent, and for an announcement mail to a reader who has left
     * @param html {@code null} in the same cases
     */
    @Schema(name = "MailWithBodies")
    record MailWithBodies(
            @JsonUnwrapped MailView mail,
            @Nullable String text,
            @Nullable String html) {}
}
