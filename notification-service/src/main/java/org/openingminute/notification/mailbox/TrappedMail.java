package org.openingminute.notification.mailbox;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mail as it arrived.
 *
 * @param id good for as long as the mail is in the trap
 * @param to the bare addresses, comma separated
 * @param at when it arrived
 * @param attachments the names of the files that it bears
 */
record TrappedMail(
        String id,
        @Nullable String messageId,
        @Nullable String from,
        @Nullable String to,
        @Nullable String subject,
        Instant at,
        @Nullable String text,
        @Nullable String html,
        List<String> attachments) {}
