package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.STAFF;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;
import static org.openingminute.notification.ServiceFixture.token;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.Rounds;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Proves who gets which document and that documents follow the registration, over HTTP on the running service with its database and broker.
 */
@NotificationServiceApplicationTest
class DocumentsIT {

    private static final List<String> DOCUMENTS = List.of("ticket.pdf", "calendar.ics", "invitation-letter.pdf");

    @Autowired
    private ServiceFixture service;

    private Story story = new Story();
    private final UUID ada = UUID.randomUUID();
    private final UUID grace = UUID.randomUUID();

    @Test
    void contact_attendee_and_organiser_get_the_documents() {
        confirm();
        for (String token : List.of(contact(0), attendee(ada, 0), STAFF.token("organiser"))) {
            HttpResponse<String> ticket = document(ada, "ticket.pdf", token);
            assertThat(ticket.statusCode()).as(ticket.body()).isEqualTo(200);
            assertThat(ticket.body()).startsWith("%PDF-");
            assertThat(ticket.headers().firstValue("Content-Type")).contains("application/pdf");
            assertThat(ticket.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(ticket.headers().firstValue("Content-Disposition"))
                    .contains("inline; filename=\"ticket-ML26-7K3F9Q-1.pdf\"");
        }
        assertThat(document(grace, "invitation-letter.pdf", contact(0)).body()).startsWith("%PDF-");
        HttpResponse<String> calendar = document(grace, "calendar.ics", attendee(grace, 0));
        assertThat(calendar.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/calendar;")
                .contains("charset=utf-8", "method=publish");
        assertThat(calendar.body()).contains("METHOD:PUBLISH\r\n", "UID:" + grace + "@mlsys-2026\r\n", "Academic");
        assertThat(service.call(
                                "GET",
                                path(ada, "calendar.ics"),
                                null,
                                "Cookie",
                                "registration-" + story.id + "=" + contact(0))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void documents_are_refused_to_everybody_else() {
        confirm();
        for (String document : DOCUMENTS) {
            assertProblem(service.call("GET", path(ada, document), null), 401, "unauthenticated");
            assertProblem(document(ada, document, contact(0) + "x"), 401, "unauthenticated");
            assertProblem(document(ada, document, attendee(grace, 0)), 403, "forbidden");
            assertProblem(document(ada, document, token(UUID.randomUUID(), "-", 0)), 403, "forbidden");
            assertProblem(document(ada, document, STAFF.token("check-in")), 403, "forbidden");
            assertProblem(document(ada, document, STAFF.token("operator")), 403, "forbidden");
            assertProblem(document(UUID.randomUUID(), document, contact(0)), 404, "not-found");
            assertProblem(document(UUID.randomUUID(), document, STAFF.token("organiser")), 404, "not-found");
            String elsewhere = "/api/registrations/none/attendees/nobody/" + document;
            assertProblem(
                    service.call("GET", elsewhere, null, "Authorization", "Bearer " + STAFF.token("organiser")),
                    404,
                    "not-found");
            assertProblem(
                    service.call("GET", elsewhere, null, "Authorization", "Bearer " + contact(0)), 403, "forbidden");
        }
    }

    @Test
    void a_browser_whose_link_has_ended_is_led_to_a_new_one() {
        confirm();
        story.with("contactGeneration", 1);
        NEIGHBOURS.publish(story.registration("registration.changed.v1", "confirmed", null));
        soon(() -> assertProblem(document(ada, "ticket.pdf", contact(0)), 401, "unauthenticated"));

        for (String document : DOCUMENTS) {
            HttpResponse<String> page = service.call(
                    "GET",
                    path(ada, document),
                    null,
                    "Cookie",
                    "registration-" + story.id + "=" + contact(0),
                    "Accept",
                    "text/html,application/xhtml+xml,*/*;q=0.8");
            assertThat(page.statusCode()).isEqualTo(401);
            assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(page.body()).contains("Please open the link from your email", "href=\"/open\"");
        }
    }

    @Test
    void documents_follow_the_state_and_a_cancelled_entry_removes_itself() {
        people(null, null);
        NEIGHBOURS.publish(story.held());
        for (String document : DOCUMENTS) {
            soon(() -> assertProblem(document(ada, document, contact(0)), 409, "not-allowed-now"));
        }
        confirm();
        String before = document(ada, "calendar.ics", contact(0)).body();
        people(null, null);
        NEIGHBOURS.publish(story.registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertProblem(document(ada, "ticket.pdf", contact(0)), 409, "not-allowed-now"));
        assertProblem(document(ada, "invitation-letter.pdf", contact(0)), 409, "not-allowed-now");
        HttpResponse<String> calendar = document(ada, "calendar.ics", contact(0));
        assertThat(calendar.body()).contains("METHOD:CANCEL\r\n", "STATUS:CANCELLED\r\n");
        assertThat(sequence(calendar.body())).isGreaterThan(sequence(before));
    }

    @Test
    void ticket_is_frozen_while_a_payment_is_disputed() {
        confirm();
        people(null, null);
        NEIGHBOURS.publish(story.registration("registration.changed.v1", "confirmed", null));
        soon(() -> assertProblem(document(ada, "ticket.pdf", contact(0)), 409, "not-allowed-now"));
        assertProblem(document(ada, "invitation-letter.pdf", contact(0)), 409, "not-allowed-now");
        assertThat(document(ada, "calendar.ics", contact(0)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_transfer_ends_the_former_token_and_serves_the_new_one() {
        confirm();
        String former = attendee(ada, 0);
        assertThat(document(ada, "ticket.pdf", former).statusCode()).isEqualTo(200);
        story.with(
                "attendees",
                List.of(person(ada, "Emmy", 1, ticket(ada, 1)), person(grace, "Grace", 0, ticket(grace, 0))));
        NEIGHBOURS.publish(story.registration("registration.transferred.v1", "confirmed", null));

        // The new attendee's request waits for the transfer instead of showing the state before it.
        HttpResponse<String> now = document(ada, "calendar.ics", attendee(ada, 1));
        assertThat(now.statusCode()).as(now.body()).isEqualTo(200);
        assertThat(now.body()).contains("Emmy").doesNotContain("Ada");
        assertProblem(document(ada, "ticket.pdf", former), 401, "unauthenticated");
        assertThat(document(ada, "ticket.pdf", contact(0)).statusCode()).isEqualTo(200);
    }

    @Test
    void request_waits_for_a_registration_just_confirmed() {
        service.awaitReaders();
        HttpResponse<String> answer = Rounds.within(Duration.ofSeconds(3), () -> {
            story = new Story();
            people(ticket(ada, 0), ticket(grace, 0));
            NEIGHBOURS.publish(story.confirmed());
            return document(ada, "ticket.pdf", contact(0));
        });
        assertThat(answer.statusCode()).isEqualTo(200);

        assertProblem(
                service.call(
                        "GET",
                        "/api/registrations/" + ada + "/attendees/" + grace + "/ticket.pdf",
                        null,
                        "Authorization",
                        "Bearer " + token(ada, "-", 0)),
                503,
                "unavailable");
    }

    @Test
    void organiser_waits_for_a_registration_just_made() {
        service.awaitReaders();
        HttpResponse<String> answer = Rounds.within(Duration.ofSeconds(2), () -> {
            story = new Story();
            people(ticket(ada, 0), ticket(grace, 0));
            CompletableFuture<HttpResponse<String>> asked = CompletableFuture.supplyAsync(
                    () -> document(ada, "ticket.pdf", STAFF.token("organiser")),
                    task -> Thread.ofVirtual().start(task));
            NEIGHBOURS.publish(story.confirmed());
            return asked.join();
        });

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static int sequence(String calendar) {
        return Integer.parseInt(calendar.replaceAll("(?s).*\r\nSEQUENCE:(\\d+)\r\n.*", "$1"));
    }

    private void confirm() {
        people(ticket(ada, 0), ticket(grace, 0));
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(document(ada, "calendar.ics", contact(0)).statusCode())
                .isEqualTo(200));
    }

    private void people(@Nullable String adasTicket, @Nullable String gracesTicket) {
        story.with("attendees", List.of(person(ada, "Ada", 0, adasTicket), person(grace, "Grace", 0, gracesTicket)));
    }

    static Map<String, @Nullable Object> person(UUID id, String given, int generation, @Nullable String ticket) {
        Map<String, @Nullable Object> person = new LinkedHashMap<>();
        person.put("id", id.toString());
        person.put("category", "academic");
        person.put("givenName", given);
        person.put("familyName", "Example");
        person.put("email", "someone@example.org");
        person.put("affiliation", null);
        person.put("country", null);
        person.put("badgeName", null);
        person.put("addOns", new ArrayList<>());
        person.put("generation", generation);
        person.put("ticket", ticket);
        return person;
    }

    private static String ticket(UUID attendee, int generation) {
        return "T1.k1.mlsys-2026." + attendee + "." + generation + "." + "A".repeat(86);
    }

    private HttpResponse<String> document(UUID attendee, String document, String token) {
        return service.call("GET", path(attendee, document), null, "Authorization", "Bearer " + token);
    }

    private String path(UUID attendee, String document) {
        return "/api/registrations/" + story.id + "/attendees/" + attendee + "/" + document;
    }

    private String contact(int generation) {
        return token(story.id, "-", generation);
    }

    private String attendee(UUID attendee, int generation) {
        return token(story.id, attendee.toString(), generation);
    }
}
