package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.testing.Rounds;
import org.openingminute.notification.subscription.MailboxConfirmations;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;

/** Proves the confirmation of a mailbox by a mailed link, on the running service with a mail trap. */
@NotificationServiceApplicationTest
class MailboxConfirmationIT {

    private static final Pattern LINK = Pattern.compile("/open#(\\S+)");

    @Autowired
    private ServiceFixture service;

    @Autowired
    private AccessTokens tokens;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ApplicationContext context;

    private final String name = "eve-" + UUID.randomUUID();
    private final String address = name + "@example.org";

    @Test
    void mailed_token_names_the_mailbox_for_a_day() {
        String typed = name.toUpperCase(Locale.ROOT) + "+x@example.org";
        assertThat(ask(typed).statusCode()).isEqualTo(202);
        soon(() -> assertThat(service.mailsTo(typed)).hasSize(1));

        String text = service.mailsTo(typed).getFirst().path("text").asString();
        Matcher link = LINK.matcher(text);
        assertThat(link.find()).isTrue();
        String[] parts =
                tokens.read("mailbox-confirmation", link.group(1)).orElseThrow().split("_");
        assertThat(parts[0])
                .isEqualTo(tokens.pseudonym("unpaid-mailbox", address).toString());
        assertThat(Instant.ofEpochSecond(Long.parseLong(parts[1])))
                .isBetween(Instant.now().plusSeconds(86_000), Instant.now().plusSeconds(86_400));
    }

    @Test
    void mailbox_gets_three_an_hour_and_the_answer_is_the_same() {
        for (int i = 0; i < 5; i++) {
            assertThat(ask(name + "+" + i + "@example.org").statusCode()).isEqualTo(202);
        }
        assertThat(ordered()).isEqualTo(3);
        jdbc.sql("update mailbox_brake set mailed_at[1] = mailed_at[1] - interval '1 hour' where mailbox = ?")
                .param(tokens.pseudonym("unpaid-mailbox", address))
                .update();
        ask(address);
        ask(address);

        assertThat(ordered()).isEqualTo(4);
    }

    @Test
    void form_of_the_page_leads_to_the_same_mail() {
        HttpResponse<String> page = service.call(
                "POST",
                "/conferences/mlsys-2026/mailbox-confirmations",
                "email=" + address.replace("@", "%40"),
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Accept",
                "text/html",
                "Accept-Language",
                "de");
        assertThat(page.statusCode()).isEqualTo(202);
        assertThat(page.body()).contains("Postfach");
        soon(() -> assertThat(service.mailsTo(address)).hasSize(1));
        assertThat(service.mailsTo(address).getFirst().path("subject").asString())
                .contains("Bitte bestätigen");
    }

    @Test
    void mail_is_forgotten_once_its_link_has_ended() {
        for (int i = 0; i < 3; i++) {
            ask(name + "+" + i + "@example.org");
        }
        soon(() -> assertThat(ordered("state = 'sent'")).isEqualTo(3));
        jdbc.sql("update mail set state_since = state_since - interval '24 hours' where recipient like ?")
                .param(name + "+0%")
                .update();
        jdbc.sql("""
                update mail set state = 'waiting', state_since = state_since - interval '9 days',
                                next_try_at = now() + interval '1 hour'
                 where recipient like ?
                """).param(name + "+1%").update();
        ReflectionTestUtils.invokeMethod(context.getBean(MailboxConfirmations.class), "forgetOld");

        assertThat(ordered("recipient like '%+0@%'")).isZero();
        assertThat(ordered("true")).isEqualTo(2);
    }

    @Test
    void what_is_no_address_is_refused() {
        assertThat(ask("nobody").statusCode()).isEqualTo(422);
    }

    @Test
    void conference_just_made_is_waited_for() {
        service.newConference(); // The service reads them now.
        HttpResponse<String> answer = Rounds.within(Duration.ofSeconds(2), () -> {
            String slug = "conference-" + UUID.randomUUID().toString().substring(0, 8);
            CompletableFuture<HttpResponse<String>> asked = CompletableFuture.supplyAsync(
                    () -> ask(slug, address), task -> Thread.ofVirtual().start(task));
            NEIGHBOURS.publish(Story.conference(slug, 1));
            return asked.join();
        });

        assertThat(answer.statusCode()).isEqualTo(202);
    }

    private int ordered() {
        return ordered("true");
    }

    private int ordered(String which) {
        return jdbc.sql("select count(*) from mail where kind = 'mailbox-confirmation' and recipient like ? and "
                        + which)
                .param(name + "%")
                .query(Integer.class)
                .single();
    }

    private HttpResponse<String> ask(String email) {
        return ask("mlsys-2026", email);
    }

    private HttpResponse<String> ask(String conference, String email) {
        return service.call(
                "POST",
                "/api/conferences/" + conference + "/mailbox-confirmations",
                "{\"email\": \"" + email + "\"}",
                "Content-Type",
                "application/json");
    }
}
