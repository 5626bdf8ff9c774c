package org.openingminute.registration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;
import static org.openingminute.registration.pages.Browser.register;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.room.RoomFixture;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Proves how many wrong voucher codes a client may try, on the running service with limits on. */
@RegistrationServiceTest
@TestPropertySource(properties = "LIMITS=on")
class VoucherGuessesIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private AccessTokens tokens;

    @Autowired
    private AdmissionTokens admissions;

    private RoomFixture rooms;
    private String slug = "";

    @BeforeEach
    void putVoucher() {
        rooms = new RoomFixture(service, admissions);
        slug = service.putConference(1_000, 1_200);
        service.put(
                        "/api/admin/conferences/" + slug + "/vouchers/GOOD",
                        staffToken("organiser"),
                        "{\"percentOff\": 50}")
                .expect(201);
    }

    @Test
    void address_tries_thirty_wrong_codes_in_whatever_call() {
        String key = newKey();
        Reply made = order("registrations", key, "GOOD", "192.0.2.30").expect(201);
        for (int i = 0; i < 15; i++) {
            quote("wrong" + i, "192.0.2.30").expectProblem(422, "voucher-invalid");
            order("registrations", newKey(), "wrong" + i, "192.0.2.30").expectProblem(422, "voucher-invalid");
        }

        Reply refused = quote("GOOD", "192.0.2.30").expectProblem(429, "rate-limited");
        assertThat(refused.text("errors.0.field")).isEqualTo("voucher");
        assertThat(Integer.parseInt(
                        refused.raw().headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(3_000, 3_600);
        order("registrations", newKey(), "GOOD", "192.0.2.30").expectProblem(429, "rate-limited");
        service.send("POST", path("quotes"), null, null, ServiceFixture.body("seat"), "X-Forwarded-For", "192.0.2.30")
                .expect(200);
        assertThat(order("registrations", key, "GOOD", "192.0.2.30").expect(201).text("id"))
                .isEqualTo(made.text("id"));
        quote("GOOD", "192.0.2.31").expect(200);
    }

    @Test
    void mailbox_token_and_admission_have_ten_of_their_own() {
        String mailbox = tokens.sign(
                "mailbox-token",
                new UUID(0, 7) + "_" + Instant.now().plusSeconds(60).getEpochSecond());
        exhaust(30, "192.0.2.32");
        exhaust(10, "192.0.2.32", "Mailbox-Token", mailbox);
        rooms.open(slug, 100);

        exhaust(10, "192.0.2.32", "Admission-Token", rooms.admitted(slug, 1));
        quote("GOOD", "192.0.2.32", "Admission-Token", rooms.admitted(slug, 2)).expect(200);
    }

    @Test
    void admission_that_everybody_has_gives_no_tries() {
        String admission = rooms.admitted(slug, 3);
        exhaust(30, "192.0.2.33");
        quote("GOOD", "192.0.2.33", "Admission-Token", admission).expectProblem(429, "rate-limited");
        rooms.open(slug, 100);

        String ofForm = admissions.sign(new Admission(slug, 0, 4, Instant.now().plusSeconds(60), false));
        quote("GOOD", "192.0.2.33", "Admission-Token", ofForm).expectProblem(429, "rate-limited");
        quote("GOOD", "192.0.2.33", "Admission-Token", admission).expect(200);
    }

    @Test
    void form_says_so_at_its_field_and_keeps_what_was_typed() {
        Browser browser = new Browser(service.port());
        Map<String, String> form = browser.form(slug, "seat");
        form.putAll(Map.of("voucher", "wrong", "action", "price"));
        HttpResponse<String> answer;
        int tries = 0;
        do {
            answer = browser.post(register(slug), form);
        } while (answer.statusCode() == 422 && ++tries < 40);

        assertThat(tries).isEqualTo(30);
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body())
                .contains("Too many wrong codes were tried. Try again later, or without a voucher.")
                .contains("value=\"Lovelace\"")
                .doesNotContain("Too many unpaid seats");
        form.put("action", "register");
        assertThat(browser.post(register(slug), form).statusCode()).isEqualTo(429);
        form.remove("voucher");
        assertThat(header(browser.post(register(slug), form), "Location")).startsWith("/registrations/");
    }

    private void exhaust(int tries, String address, String... token) {
        for (int i = 0; i < tries; i++) {
            quote("wrong" + i, address, token).expectProblem(422, "voucher-invalid");
        }
        quote("GOOD", address, token).expectProblem(429, "rate-limited");
    }

    private Reply quote(String code, String address, String... token) {
        return order("quotes", newKey(), code, address, token);
    }

    private Reply order(String call, String key, String code, String address, String... token) {
        return service.send(
                "POST",
                path(call),
                null,
                key,
                ServiceFixture.body("seat").replaceFirst("\\{", "{\"voucher\": \"" + code + "\", "),
                Stream.concat(Stream.of("X-Forwarded-For", address), Stream.of(token))
                        .toArray(String[]::new));
    }

    private String path(String call) {
        return "/api/conferences/" + slug + "/" + call;
    }
}
