package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.soon;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
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
    void mailbox_gets_three_mails_an_hour_and_then_one_for_all_others() {
        Instant begin = Instant.now();
        List<Story> stories = IntStream.range(0, 12)
                .mapToObj(i -> new Story()
                        .contact("Eve", name + "+" + i + "@example.org", "en")
                        .with("reference", "ML26-00000" + (char) ('A' + i))
                        .with("awaitsOpening", true)
                        .with("paymentMethod", "invoice"))
                .toList();
        stories.forEach(story -> NEIGHBOURS.publish(story.held()));
        soon(() -> assertThat(count("kind = 'pay-now' and state = 'sent'")).isEqualTo(3));
        soon(() ->
                assertThat(count("kind = 'pay-now' and state = 'superseded'")).isEqualTo(9));
        assertThat(due("several-unpaid"))
                .singleElement()
                .satisfies(due -> assertThat(due)
                        .isBetween(begin.plus(Duration.ofMinutes(59)), begin.plus(Duration.ofMinutes(62))));

        Story paid = stories.stream()
                .filter(story -> rows(story).equals(List.of("pay-now superseded")))
                .findFirst()
                .orElseThrow();
        NEIGHBOURS.publish(paid.confirmed());
        soon(() -> assertThat(count("kind = 'confirmation' and state = 'sent'")).isEqualTo(1));
        jdbc.sql("update mail set next_try_at = now() where kind = 'several-unpaid' and recipient like ?")
                .param(name + "%")
                .update();
        soon(() ->
                assertThat(count("kind = 'several-unpaid' and state = 'sent'")).isEqualTo(1));

        String text = IntStream.range(0, 12)
                .mapToObj(i -> service.mailsTo(name + "+" + i + "@example.org"))
                .flatMap(List::stream)
                .filter(mail -> mail.path("subject").asString().contains("several registrations are not paid"))
                .map(mail -> mail.path("text").asString())
                .findFirst()
                .orElseThrow();
        assertThat(text).contains("8 more registrations bear your e-mail address");
        assertThat(text.split("/open#k1\\.", -1)).hasSize(9);
        assertThat(text).doesNotContain(paid.id.toString());
    }

    @Test
    void registration_that_is_paid_is_no_reason_to_keep_a_mail_back() {
        List<Story> stories = IntStream.range(0, 5)
                .mapToObj(i -> new Story().contact("Eve", name + "@example.org", "en"))
                .toList();
        stories.forEach(story -> NEIGHBOURS.publish(story.confirmed()));

        soon(() -> assertThat(count("kind = 'confirmation' and state = 'sent'")).isEqualTo(5));
    }

    private List<Instant> due(String kind) {
        return jdbc
                .sql("select next_try_at from mail where recipient like ? and kind = ? order by next_try_at")
                .param(name + "%")
                .param(kind)
                .query(Timestamp.class)
                .list()
                .stream()
                .map(Timestamp::toInstant)
                .toList();
    }

    private List<String> rows(Story story) {
        return service.rowsOf(story.id);
    }

    private int count(String which) {
        return jdbc.sql("select count(*) from mail where recipient like ? and " + which)
                .param(name + "%")
                .query(Integer.class)
                .single();
    }
}
