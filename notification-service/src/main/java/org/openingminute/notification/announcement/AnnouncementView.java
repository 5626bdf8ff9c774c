package org.openingminute.notification.announcement;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An announcement and the progress of its mails.
 *
 * @param kind {@code announcement}, or of an automatic one {@code sale-opened} or {@code deadline-near}
 * @param subject {@code null} for an automatic one, whose subject depends on the reader's language
 * @param by the organiser's account; {@code null} for an automatic one
 * @param complete whether all its mails are inserted; until then, {@code recipients} still grows
 * @param superseded mails that were skipped: the reader has left or no longer attends, or the mail was too late
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
     * A page of the list, newest first.
     *
     * @param next the {@code after} parameter of the next page; {@code null} on the last page
     */
    @Schema(name = "AnnouncementPage")
    record AnnouncementPage(
            List<AnnouncementView> items, @Nullable String next) {}
}
