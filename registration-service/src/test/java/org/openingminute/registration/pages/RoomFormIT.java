package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.pages.Browser.header;
import static org.openingminute.registration.pages.Browser.hiddenFields;
import static org.openingminute.registration.pages.Browser.register;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.room.RoomFixture;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves the registration form before and while a waiting room is open, on the running service with played gateways. */
@RegistrationServiceTest
class RoomFormIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private AdmissionTokens tokens;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient jdbc;

    private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();
    private RoomFixture rooms;
    private Browser browser;
    private String slug = "";

    @BeforeEach
    void open() {
        rooms = new RoomFixture(service, tokens);
        browser = new Browser(service.port());
        slug = service.putConference(1_000, 600);
    }

    @Test
    void form_that_was_open_before_the_room_is_taken_once() {
        Map<String, String> form = browser.form(slug, "seat");
        Map<String, String> other = new HashMap<>(form);
        other.put("key", "another-key");
        rooms.open(slug, 100);
        assertThat(header(browser.post(register(slug), form), "Location")).startsWith("/registrations/");

        HttpResponse<String> refused = browser.post(register(slug), other);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body())
                .contains("There is a line for registration now.", "href=\"/waiting-room/" + slug + "\"")
                .contains("value=\"Lovelace\"");
        assertThat(hiddenFields(refused.body())).doesNotContainKey("admission");
        assertThat(rooms.sale(rooms.open(slug, 100), slug).get("usedPlaces")).hasSize(1);
        browser.become("admission-" + slug, rooms.admittedInBrowser(slug, 11));
        other.remove("admission");
        assertThat(header(browser.post(register(slug), other), "Location")).startsWith("/registrations/");
    }

    @Test
    void earlier_form_counts_after_the_browser_used_its_admission() {
        Map<String, String> form = browser.form(slug, "seat");
        rooms.open(slug, 100);
        browser.become("admission-" + slug, rooms.admittedInBrowser(slug, 5));
        assertThat(header(browser.post(register(slug), browser.form(slug, "seat")), "Location"))
                .startsWith("/registrations/");

        assertThat(header(browser.post(register(slug), form), "Location")).startsWith("/registrations/");
    }

    @Test
    void admission_of_a_form_lasts_for_a_quarter_of_an_hour_and_through_its_other_buttons() {
        Map<String, String> form = browser.form(slug, "seat");
        Admission own = admission(form.get("admission")).orElseThrow();
        assertThat(own.until())
                .isBetween(Instant.now().plusSeconds(880), Instant.now().plusSeconds(900));
        rooms.open(slug, 100);
        form.put("action", "price");

        assertThat(hiddenFields(browser.post(register(slug), form).body()))
                .containsEntry("admission", form.get("admission"));
    }

    @Test
    void browser_without_an_admission_is_led_to_the_room() {
        rooms.open(slug, 100);
        HttpResponse<String> led = browser.get(register(slug));
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(header(led, "Location")).isEqualTo("/waiting-room/" + slug);
        browser.become("admission-" + slug, rooms.admitted(slug, 3));
        assertThat(browser.get(register(slug)).statusCode()).isEqualTo(303);
        browser.become("admission-" + slug, rooms.admittedInBrowser(slug, 3));

        Map<String, String> form = browser.form(slug, "seat");
        assertThat(form).doesNotContainKey("admission");
        assertThat(header(browser.post(register(slug), form), "Location")).startsWith("/registrations/");
        assertThat(browser.post(register(slug), browser.form(slug, "seat")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void busy_form_sends_itself_again_with_a_longer_admission() {
        Map<String, String> form = browser.form(slug, "seat");
        rooms.open(slug, 1);
        Browser admitted = new Browser(service.port());
        admitted.become("admission-" + slug, rooms.admittedInBrowser(slug, 20));
        Map<String, String> sameForm = new HashMap<>(form);
        sameForm.remove("admission");
        List<HttpResponse<String>> busy = new ArrayList<>();
        List<CompletableFuture<?>> others = new ArrayList<>();
        transaction.executeWithoutResult(_ -> {
            ServiceFixture.lockSale(jdbc, slug);
            for (int i = 0; i < 12; i++) {
                String token = rooms.admitted(slug, i);
                others.add(CompletableFuture.supplyAsync(
                        () -> service.send(
                                "POST",
                                "/api/conferences/" + slug + "/registrations",
                                null,
                                ServiceFixture.newKey(),
                                ServiceFixture.body("seat"),
                                "Admission-Token",
                                token),
                        executor));
            }
            await().atMost(ServiceFixture.SOON)
                    .until(() ->
                            others.stream().filter(CompletableFuture::isDone).count() == 4);
            busy.add(browser.post(register(slug), form));
            busy.add(admitted.post(register(slug), sameForm));
        });
        others.forEach(CompletableFuture::join);

        String page = busy.getFirst().body();
        assertThat(header(busy.getFirst(), "Retry-After")).isBetween("2", "6");
        assertThat(page)
                .contains("data-seconds=\"" + header(busy.getFirst(), "Retry-After") + "\"", "/assets/register")
                .contains("This page submits the form again by itself in a few seconds");
        Map<String, String> again = hiddenFields(page);
        assertThat(again).containsEntry("key", form.get("key"));
        assertThat(admission(again.get("admission")).orElseThrow().until())
                .isEqualTo(
                        admission(form.get("admission")).orElseThrow().until().plusSeconds(120));
        assertThat(hiddenFields(busy.getLast().body())).doesNotContainKey("admission");
        form.putAll(again);
        assertThat(header(browser.post(register(slug), form), "Location")).startsWith("/registrations/");
    }

    @Test
    void form_says_how_long_it_may_be_sent_while_a_room_is_open() {
        assertThat(browser.get(register(slug)).body()).doesNotContain("After that you need a place in line again.");
        Map<String, String> early = browser.form(slug, "seat");
        early.put("action", "price");
        assertThat(browser.post(register(slug), early).body()).doesNotContain("Please submit this form within");
        rooms.open(slug, 100);
        assertThat(browser.post(register(slug), early).body())
                .contains("Please submit this form within 14 minutes. After that you need a place in line again.");
        browser.become("admission-" + slug, rooms.admittedInBrowser(slug, 7));
        assertThat(browser.get(register(slug), "de").body())
                .contains("Bitte schicken Sie dieses Formular innerhalb von 13 Minuten ab.");
        Map<String, String> form = browser.form(slug, "seat");
        assertThat(header(browser.post(register(slug), form), "Location")).startsWith("/registrations/");
        Map<String, String> second = browser.form(slug, "seat");
        second.put("action", "price");
        Map<String, String> wrong = browser.form(slug, "seat");
        wrong.remove("attendees[0].givenName");
        HttpResponse<String> refused = browser.post(register(slug), wrong);
        assertThat(refused.statusCode()).isEqualTo(422);
        for (String used : List.of(
                browser.get(register(slug)).body(),
                browser.post(register(slug), second).body(),
                refused.body())) {
            assertThat(used)
                    .contains("Your turn was already used for a registration.", "href=\"/waiting-room/" + slug + "\"")
                    .doesNotContain("Please submit this form within");
        }
        assertThat(browser.post(register(slug), browser.form(slug, "seat")).body())
                .contains("good for one registration", "When it is your turn, return to this form and submit it")
                .doesNotContain("Please submit this form within", "Your turn was already used");
    }

    @Test
    void used_form_makes_another_registration_with_a_new_place() {
        Map<String, String> form = browser.form(slug, "seat");
        rooms.open(slug, 100);
        String first = header(browser.post(register(slug), form), "Location");
        form.put("action", "price");
        Map<String, String> shown =
                hiddenFields(browser.post(register(slug), form).body());
        assertThat(shown).doesNotContainKey("admission").doesNotContainEntry("key", form.get("key"));
        browser.become("admission-" + slug, rooms.admittedInBrowser(slug, 12));
        form.remove("admission");
        form.putAll(shown);
        form.put("action", "register");

        assertThat(header(browser.post(register(slug), form), "Location"))
                .startsWith("/registrations/")
                .isNotEqualTo(first);
    }

    @Test
    void public_pages_lead_to_an_open_room_and_name_its_draw_until_then() {
        String page = "/conferences/" + slug;
        String link = "href=\"/waiting-room/" + slug + "\"";
        assertThat(browser.get(page).body()).doesNotContain(link);
        rooms.open(slug, 100);

        HttpResponse<String> open = browser.get(page);
        assertThat(open.body()).contains(link, "There is a line for registration");
        assertThat(header(open, "Cache-Control")).isEqualTo("max-age=1, public");
        assertThat(browser.get("/").body()).contains(link, "Go to the waiting room for Test Conference");
        rooms.gather(slug, Instant.parse("2026-05-04T07:00:00Z"));
        assertThat(browser.get(page).body()).contains(link, "The places in line are drawn by lot on ");
        assertThat(browser.get(page, "de").body()).contains("Bitte seien Sie bis dahin im Warteraum.");
        rooms.open(slug, 100);
        assertThat(browser.get(page).body())
                .contains("There is a line for registration")
                .doesNotContain("drawn by lot");
        rooms.closeAll();
        assertThat(browser.get(page).body()).doesNotContain(link);
    }

    private Optional<Admission> admission(String token) {
        return tokens.read(slug, token, null, Instant.now());
    }
}
