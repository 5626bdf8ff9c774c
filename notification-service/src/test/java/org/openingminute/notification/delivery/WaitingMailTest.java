package org.openingminute.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;

class WaitingMailTest {

    private static final UUID REGISTRATION = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    private static final WaitingMail.Cause CONFIRMED =
            new WaitingMail.Debt(REGISTRATION, new DueMail(MailKind.CONFIRMATION, ""));

    @Test
    void what_is_owed_once_has_one_name_in_whatever_row_it_stands() {
        assertThat(row(CONFIRMED, 0).name()).isEqualTo(row(CONFIRMED, 0).name());
    }

    @Test
    void another_kind_and_another_matter_have_another() {
        UUID refund = row(new WaitingMail.Debt(REGISTRATION, new DueMail(MailKind.REFUND_MADE, "1")), 0)
                .name();
        assertThat(refund)
                .isNotEqualTo(row(CONFIRMED, 0).name())
                .isNotEqualTo(row(new WaitingMail.Debt(REGISTRATION, new DueMail(MailKind.REFUND_MADE, "2")), 0)
                        .name());
    }

    @Test
    void what_a_person_asked_for_again_and_news_have_that_of_their_row() {
        WaitingMail copy = row(CONFIRMED, 1);
        WaitingMail news = row(new WaitingMail.News("announcement"), 0);
        assertThat(copy.name()).isEqualTo(copy.id());
        assertThat(news.name()).isEqualTo(news.id());
    }

    private static WaitingMail row(WaitingMail.Cause cause, int copy) {
        return new WaitingMail(UUID.randomUUID(), cause, copy, 0, 0, Instant.EPOCH, false, "example.org", null);
    }
}
