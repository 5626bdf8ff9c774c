package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.registrations.MailEventsListener.Mails;
import org.openingminute.registration.registrations.MailEventsListener.ReportedMail;
import org.openingminute.registration.registrations.MailEventsListener.ReportedMail.MailState;
import org.openingminute.registration.registrations.TimelineRepository.FailedMail;

/** Proves which failed mails need an organiser. */
class FailedMailsTest {

    private static final Instant AT = Instant.parse("2026-02-02T17:00:00Z");

    @Test
    void notice_to_a_former_address_needs_nobody() {
        Mails mails = new Mails(new UUID(0, 1), List.of(bounced("contact-changed"), bounced("link")));

        assertThat(mails.failed()).extracting(FailedMail::kind).containsExactly("link");
    }

    private static ReportedMail bounced(String kind) {
        return new ReportedMail(UUID.randomUUID(), kind, MailState.BOUNCED, AT);
    }
}
