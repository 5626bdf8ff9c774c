package org.openingminute.notification.announcement;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;

/**
 * What an organiser wants to be said, as it is answered: whoever repeats the request gets the same, so nothing of it changes.
 *
 * @param by the organiser's account
 */
@Schema(name = "AnnouncementMade")
record AnnouncementMade(
        UUID id, String conference, String kind, String topic, String subject, String body, String by, Instant at) {}
