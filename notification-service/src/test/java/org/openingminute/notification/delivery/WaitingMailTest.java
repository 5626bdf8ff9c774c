package org.openingminute.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;

/** Proves which mails share a Message-ID. */
class WaitingMailTest {

    private static final UUID REGISTRATION = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    private static final WaitingMail.Cause CONFIRMED =
            new WaitingMail.RegistrationCause(REGISTRATION, new DueMail(MailKind.CONFIRMATION, ""));

    @Test
    void a_mail_due_once_has_one_message_id() {
        assertThat(row(CONFIRMED, 0).name()).isEqualTo(row(CONFIRMED, 0).name());
    }

    @Test
    void another_kind_and_another_matter_have_another() {
        UUID refund = row(new WaitingMail.RegistrationCause(REGISTRATION, new DueMail(MailKind.REFUND_MADE, "1")), 0)
                .name();
        assertThat(refund)
                .isNotEqualTo(row(CONFIRMED, 0).name())
                .isNotEqualTo(row(
                                new WaitingMail.RegistrationCause(REGISTRATION, new DueMail(MailKind.REFUND_MADE, "2")),
                                0)
                        .name());
    }

    @Test
    void resends_and_announcements_use_the_id_of_their_row() {
        WaitingMail copy = row(CONFIRMED, 1);
        WaitingMail news = row(new WaitingMail.SubscriptionCause("announcement"), 0);
        assertThat(copy.name()).isEqualTo(copy.id());
        assertThat(news.name()).isEqualTo(news.id());
    }

    private static WaitingMail row(WaitingMail.Cause cause, int copy) {
        return new WaitingMail(UUID.randomUUID(), cause, copy, 0, 0, 0, Instant.EPOCH, false, "example.org", null);
    }
}
