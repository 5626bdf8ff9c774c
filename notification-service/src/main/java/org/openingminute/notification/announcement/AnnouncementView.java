package org.openingminute.notification.announcement;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An announcement and the progress of its mails.
 *
 * @param kind {@code announcement}, or an automatic one: {@code sale-opened}, {@code deadline-near}
 * @param subject {@code null} for an automatic one, which is in each reader's language
 * @param by the organiser's account; {@code null} for an automatic one
 * @param complete whether all its mails are inserted; before that, {@code recipients} still grows
 * @param superseded mails that were skipped: the reader left or no longer attends, or the mail came too late
 */
@Schema(name = "Announcement")
record AnnouncementView(
        UUID id,
        String conference,
        String kind,
        String topic,
        @Nullable String subject,
        @Nullable String body,
        @Nullable String by,
        Instant at,
        boolean complete,
        int recipients,
        int waiting,
        int sent,
        int failed,
        int bounced,
        int superseded) {

    /**
     * A part of a list, newest first.
     *
     * @param next the {@code after} of the next part; {@code null} at the end
     */
    @Schema(name = "AnnouncementPage")
    record AnnouncementPage(
            List<AnnouncementView> items, @Nullable String next) {}
}
