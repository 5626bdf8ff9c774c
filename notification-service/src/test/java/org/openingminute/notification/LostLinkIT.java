package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.JSON;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves that contacts who have lost their link get a new one for a reference and an address, on the running service with a mail trap. */
@NotificationServiceApplicationTest
class LostLinkIT {

    private static final int IN_AN_HOUR = 3;

    @Autowired
    private ServiceFixture service;

    @Test
    void a_fresh_link_comes_to_the_address_that_the_registration_has() {
        Story story = new Story();
        NEIGHBOURS.publish(story.held());
        soon(() -> {
            assertThat(ask("ml26-7k3f9q ", story.email.toUpperCase(Locale.ROOT)).body())
                    .contains("Check your inbox");
            assertThat(service.mailsTo(story.email)).anySatisfy(mail -> {
                assertThat(mail.path("subject").asString()).contains("the link to your registration");
                assertThat(mail.path("text").asString()).contains("/open#");
            });
        });
    }

    @Test
    void links_that_were_taken_back_are_followed_by_a_new_one_once() {
        Story story = new Story();
        NEIGHBOURS.publish(story.held());
        soon(() -> assertThat(service.mailsTo(story.email)).hasSize(1));

        story.with("contactGeneration", 1);
        NEIGHBOURS.publish(story.held());
        NEIGHBOURS.publish(story.held());
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).contains("link sent", "confirmation sent"));
        assertThat(service.mailsTo(story.email))
                .filteredOn(mail -> mail.path("subject").asString().contains("the link to your registration"))
                .singleElement()
                .satisfies(mail -> assertThat(mail.path("text").asString())
                        .contains("/open#k1." + story.id + ".-.1.", "in all earlier emails no longer work"));
    }

    @Test
    void former_contact_is_told_without_a_link_and_the_new_one_gets_it() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.mailsTo(story.email)).hasSize(1));

        String corrected = "corrected-" + story.email;
        Map<String, Object> former =
                Map.of("generation", 1, "name", "Ada Lovelace", "email", story.email, "locale", "de");
        story.contact("Ada King", corrected, "en").with("contactGeneration", 1).with("formerContacts", List.of(former));
        NEIGHBOURS.publish(story.registration("registration.changed.v1", "confirmed", null));
        NEIGHBOURS.publish(story.registration("registration.changed.v1", "confirmed", null));

        soon(() -> assertThat(service.rowsOf(story.id)).contains("link sent", "contact-changed sent"));
        assertThat(service.mailsTo(corrected))
                .singleElement()
                .satisfies(mail -> assertThat(mail.path("text").asString())
                        .contains("Dear Ada King", "/open#k1." + story.id + ".-.1."));
        assertThat(service.mailsTo(story.email))
                .filteredOn(mail -> mail.path("subject").asString().contains("Kontakt einer Anmeldung geändert"))
                .singleElement()
                .satisfies(mail -> assertThat(mail.path("text").asString() + mail.path("html"))
                        .contains("Guten Tag Ada Lovelace")
                        .doesNotContain("/open", "corrected-", "King"));
        assertThat(mailsOf(story, "sent")
                        .valueStream()
                        .filter(mail -> mail.path("kind").asString().equals("contact-changed"))
                        .map(mail -> mail.path("to").asString()))
                .containsExactly(story.email);
    }

    @Test
    void every_request_has_one_answer_and_only_some_mails_leave() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.mailsTo(story.email)).hasSize(1));

        String known = ask("ML26-7K3F9Q", story.email).body();
        assertThat(ask("ML26-7K3F9Q", "stranger@example.org").body()).isEqualTo(known);
        assertThat(ask("ML26-000000", story.email).body()).isEqualTo(known);
        assertThat(ask("", "").body()).isEqualTo(known);
        for (String email : List.of(story.email, "stranger@example.org")) {
            assertProblem(send("ML26-7K3F9Q\0", email), 422, "invalid");
        }
        for (int mails = 2; mails <= 1 + IN_AN_HOUR; mails++) {
            if (mails > 2) {
                assertThat(ask("ML26-7K3F9Q", story.email).body()).isEqualTo(known);
            }
            int soMany = mails;
            soon(() -> assertThat(service.mailsTo(story.email)).hasSize(soMany));
            soon(() -> assertThat(mailsOf(story, "sent")).hasSize(soMany));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(ask("ML26-7K3F9Q", story.email).body()).isEqualTo(known);
        }
        assertThat(mailsOf(story, "")).hasSize(1 + IN_AN_HOUR);
        assertThat(service.mailsTo("stranger@example.org")).isEmpty();
    }

    private JsonNode mailsOf(Story story, String state) {
        String path = "/api/admin/mails?registration=" + story.id + "&state=" + state;
        return JSON.readTree(service.call("GET", path, null, "Authorization", "Bearer " + STAFF.token("organiser"))
                        .body())
                .path("items");
    }

    private HttpResponse<String> ask(String reference, String email) {
        HttpResponse<String> answer = send(reference, email);
        assertThat(answer.statusCode()).isEqualTo(202);
        return answer;
    }

    private HttpResponse<String> send(String reference, String email) {
        return service.call(
                "POST",
                "/open/link",
                "reference=" + form(reference) + "&email=" + form(email),
                "Content-Type",
                "application/x-www-form-urlencoded");
    }

    private static String form(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
