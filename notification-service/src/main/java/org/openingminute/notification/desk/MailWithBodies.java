package org.openingminute.notification.desk;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A mail as it was sent, but for its tokens.
 *
 * @param text {@code null} before it was sent, and for news to a reader who has left
 * @param html likewise
 */
@Schema(name = "MailWithBodies")
record MailWithBodies(
        @JsonUnwrapped MailView mail,
        @Nullable String text,
        @Nullable String html) {}
