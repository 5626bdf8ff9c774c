package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.TRAP;
import static org.openingminute.notification.ServiceFixture.soon;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.notification.smtp.ScriptedMailServer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Proves that neither the text of an organiser's reason nor a failing mail server can stop mails, on the running service with a mail trap.
 */
@NotificationServiceApplicationTest
class MailsSurviveIT {

    private static final String REASON = "It's over: we can't {really} {0} 100 % %s $1";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @ParameterizedTest
    @CsvSource({
        "registration.cancelled.v1, cancelled, cancelled, true",
        "registration.cancelled.v1, cancelled, cancelled, false",
        "registration.rejected.v1, rejected, proof-refused, true"
    })
    void reason_of_an_organiser_is_mailed_as_it_was_written(String type, String status, String kind, boolean withCode) {
        Story story = new Story().with("reason", REASON);
        if (withCode) {
            story.with("reasonCode", "cancelled-by-organiser").with("reasonNote", REASON);
        }
        NEIGHBOURS.publish(story.registration(type, status, null));

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly(kind + " sent"));
        assertThat(service.mailsTo(story.email))
                .singleElement()
                .satisfies(mail -> assertThat(mail.path("text").asString()).contains("Reason: " + REASON));
    }

    @Test
    @DisturbsOthers
    void mails_that_a_relay_refused_are_sent_once_it_takes_them() throws IOException {
        List<Story> stories = Stream.generate(Story::new).limit(3).toList();
        TRAP.stop();
        try (ScriptedMailServer relay = new ScriptedMailServer(TRAP.smtpPort())) {
            relay.script("RCPT", "550 relay not permitted");
            stories.forEach(story -> NEIGHBOURS.publish(story.confirmed()));
            for (int refusals = 1; refusals <= 3; refusals++) {
                int soMany = refusals;
                soon(() -> assertThat(rows(stories, "refusals::text || ' ' || state"))
                        .containsExactly(soMany + " waiting", soMany + " waiting", soMany + " waiting"));
                if (refusals < 3) {
                    endBackOff(stories);
                }
            }
        } finally {
            TRAP.startAgain();
        }

        endBackOff(stories);
        assertEachIsSentOnce(stories);
    }

    @Test
    @DisturbsOthers
    void mails_wait_49_hours_for_the_mail_server_and_all_are_sent() {
        List<Story> stories = Stream.generate(Story::new).limit(2).toList();
        TRAP.stop();
        try {
            stories.forEach(story -> NEIGHBOURS.publish(story.confirmed()));
            soon(() -> assertThat(rows(stories, "reason"))
                    .hasSize(2)
                    .allSatisfy(reason -> assertThat(reason).contains("mail server")));
            jdbc.sql("""
                    update mail set due_since = due_since - interval '49 hours', created_at = created_at - interval '49 hours',
                                    tries = 0
                     where registration_id = any(?)
                    """).param(ids(stories)).update();
            // A second attempt starts only after the first one's outcome was saved.
            soon(() -> assertThat(rows(stories, "(tries >= 2)::text || ' ' || state"))
                    .containsExactly("true waiting", "true waiting"));
        } finally {
            TRAP.startAgain();
        }

        assertEachIsSentOnce(stories);
    }

    private void endBackOff(List<Story> stories) {
        jdbc.sql("update mail set next_try_at = now() where registration_id = any(?)")
                .param(ids(stories))
                .update();
    }

    private void assertEachIsSentOnce(List<Story> stories) {
        for (Story story : stories) {
            soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
            assertThat(service.mailsTo(story.email)).hasSize(1);
        }
    }

    private List<String> rows(List<Story> stories, String expression) {
        return jdbc.sql("select coalesce(" + expression + ", '') from mail where registration_id = any(?)")
                .param(ids(stories))
                .query(String.class)
                .list();
    }

    private static UUID[] ids(List<Story> stories) {
        return stories.stream().map(story -> story.id).toArray(UUID[]::new);
    }
}
