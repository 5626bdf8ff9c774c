package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.soon;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** Registrations that anybody can make in another person's name, where limits are on. */
@NotificationServiceApplicationTest
@TestPropertySource(properties = "LIMITS=on")
class UnpaidMailsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private final String name = "eve-" + UUID.randomUUID();

    @Test
    void mailbox_gets_three_mails_an_hour_and_ten_a_day() {
        Instant begin = Instant.now();
        List<Story> stories = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Story story = new Story()
                    .contact("Eve", name + "+" + i + "@example.org", "en")
                    .with("paymentMethod", "invoice");
            stories.add(story);
            NEIGHBOURS.publish(story.held());
        }
        soon(() -> assertThat(due()).hasSize(12));
        soon(() -> assertThat(sent()).isEqualTo(3));

        List<Instant> due = due();
        assertThat(due.get(2)).isBefore(begin.plus(Duration.ofMinutes(1)));
        assertThat(due.get(3)).isBetween(begin.plus(Duration.ofMinutes(59)), begin.plus(Duration.ofMinutes(62)));
        assertThat(due.get(9)).isBefore(begin.plus(Duration.ofHours(4)));
        assertThat(due.get(10)).isAfter(begin.plus(Duration.ofHours(23)));

        stories.forEach(story -> NEIGHBOURS.publish(story.confirmed()));
        soon(() -> assertThat(sent("confirmation")).as("paid").isEqualTo(12));
        assertThat(sent()).isEqualTo(3);
        assertThat(waiting()).as("what was to be said has passed").isZero();
    }

    private List<Instant> due() {
        return jdbc
                .sql("select next_try_at from mail where recipient like ? and kind = 'pay-now' order by next_try_at")
                .param(name + "%")
                .query(Timestamp.class)
                .list()
                .stream()
                .map(Timestamp::toInstant)
                .toList();
    }

    private int sent() {
        return sent("pay-now");
    }

    private int sent(String kind) {
        return count("kind = '" + kind + "' and state = 'sent'");
    }

    private int waiting() {
        return count("state = 'waiting'");
    }

    private int count(String which) {
        return jdbc.sql("select count(*) from mail where recipient like ? and " + which)
                .param(name + "%")
                .query(Integer.class)
                .single();
    }
}
