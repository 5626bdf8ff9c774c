package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** What an act of staff is said to do is what it does, in every service. */
@ExtendWith(SystemFixture.class)
@Timeout(180)
class StaffActsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String HOLD = "\"holdMinutes\": 15, \"invoiceDays\": 14";
    private static final String PART =
            "{\"amount\": {\"amount\": 2500, \"currency\": \"EUR\"}, \"reason\": \"no lunch\"}";

    private final Running running;
    private final Chromium chromium;
    private final ApiClient api;
    private final Map<String, String> organiser;

    StaffActsIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        this.running = running;
        api = running.api();
        organiser = api.signIn("organiser");
    }

    @Test
    void mails_that_are_foreseen_are_those_that_are_sent() {
        String slug = ApiClient.newSlug("acts");
        api.putOnSale(slug, 5, HOLD, 80_000);
        Registered invoiced = api.registerByInvoice(slug, "guest", ApiClient.newAddress("invoiced"));
        Registered card = paid(slug);

        foreseen(invoiced, "mark-paid", """
                {"reference": "SEPA 1", "amount": {"amount": 80000, "currency": "EUR"}, "receivedAt": "2026-02-10T12:00:00Z"}""");
        foreseen(card, "refunds", PART);
        foreseen(
                "PATCH",
                card,
                "contact",
                "{\"email\": \"%s\", \"reason\": \"a typo\"}".formatted(ApiClient.newAddress("corrected")));
        foreseen(card, "cancellation", "{\"reason\": \"ill\", \"refund\": \"full\"}");
    }

    @ParameterizedTest
    @EnumSource(
            value = Look.class,
            names = {"PLAIN", "PHONE"})
    void seat_sold_at_the_desk_has_its_receipt(Look look) {
        String slug = ApiClient.newSlug("desk-sale");
        api.putOnSale(slug, 1, HOLD, 80_000);
        String email = ApiClient.newAddress("walk-in");
        String list = "/desk/" + slug + "/registrations";
        String id;
        try (StaffBrowser staff = StaffBrowser.signedIn(chromium, running, look, "organiser", list)) {
            Page page = staff.page();
            page.locator("main a[href='" + list + "/new']").click();
            Map<String, String> typed = Map.of(
                    "contact.name", "Ada Lovelace",
                    "contact.email", email,
                    "attendees[0].givenName", "Ada",
                    "attendees[0].familyName", "Lovelace",
                    "attendees[0].email", email,
                    "paid.reference", "till 7");
            typed.forEach(
                    (field, text) -> page.locator("[name='" + field + "']").fill(text));
            page.locator("[name='attendees[0].category']").selectOption("guest");
            page.locator("[name=acceptedCodeOfConduct]").check();
            page.locator("button[value=price]:not(.default-action)").click();
            page.locator("#price table").waitFor();
            assertThat(page.locator("#paid-amount").inputValue()).isEqualTo("800.00");
            check(staff, look, "desk-sale");
            page.locator("button[value=sell]").click();
            page.waitForURL("**" + list + "/*?done=sell");
            assertThat(page.getByRole(AriaRole.ALERT).count()).isZero();
            assertThat(staff.complaints()).isEmpty();
            id = page.url().replaceFirst(".*/", "").replace("?done=sell", "");
        }

        await().atMost(SOON)
                .until(() -> api.get("/api/registrations/" + id + "/receipt.pdf", organiser)
                                .status()
                        == 200);
        await().atMost(SOON).until(() -> api.mailsTo(email).size() == 1);
        api.get("/api/payments/" + id, organiser)
                .has(200)
                .assertThatText("/status")
                .isEqualTo("captured");
    }

    @ParameterizedTest
    @EnumSource(
            value = Look.class,
            names = {"PLAIN", "PHONE"})
    void part_is_refunded_and_the_rest_with_a_cancellation(Look look) {
        String slug = ApiClient.newSlug("acts");
        api.putOnSale(slug, 1, HOLD, 80_000);
        Registered registered = paid(slug);
        String place = "/desk/" + slug + "/registrations/" + registered.id();
        try (StaffBrowser staff = StaffBrowser.signedIn(chromium, running, look, "organiser", place + "/refund")) {
            Page page = staff.page();
            page.locator("[name=amount]").fill("25,00");
            page.locator("[name=reason]").fill("no lunch");
            check(staff, look, "desk-refund");
            page.locator("button[value=preview]").click();
            assertThat(page.locator("table").innerText()).contains("25");
            check(staff, look, "desk-refund-preview");
            page.locator("button[value=do]").click();
            page.waitForURL("**" + place + "?done=refund");
            awaitRefunded(registered, "2500");

            staff.go(place + "/cancel");
            page.locator("[name=refund]").selectOption("full");
            page.locator("[name=reason]").fill("ill");
            page.locator("button[value=preview]").click();
            assertThat(page.locator("table").innerText()).contains("775");
            page.locator("button[value=do]").click();
            page.waitForURL("**" + place + "?done=cancel");
            assertThat(page.getByRole(AriaRole.ALERT).count()).isZero();
            api.awaitStatus(registered, "cancelled", SOON);
            awaitRefunded(registered, "80000");
            assertThat(staff.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Look.class,
            names = {"PLAIN", "PHONE"})
    void mail_is_sent_again_from_the_page_of_its_registration(Look look) {
        String slug = ApiClient.newSlug("acts");
        api.putOnSale(slug, 1, HOLD, 80_000);
        Registered registered = paid(slug);
        String place = "/desk/" + slug + "/registrations/" + registered.id();
        try (StaffBrowser staff = StaffBrowser.signedIn(chromium, running, look, "organiser", place)) {
            Page page = staff.page();
            if (look == Look.PLAIN) {
                page.locator("main a[href='" + place + "/mails']").click();
                page.waitForURL("**" + place + "/mails");
            }
            page.locator("#registration-mails tr:has(.tag.good) form[action$='/resend'] button")
                    .first()
                    .click();
            page.locator("#registration-mails [role=status]").waitFor();
            check(staff, look, "desk-mail-resent");
            assertThat(page.url()).endsWith(look == Look.PLAIN ? place + "/mails?sent" : place);
            assertThat(page.locator("#registration-mails [role=alert]").count()).isZero();
            assertThat(staff.complaints()).isEmpty();
        }
        await().atMost(SOON).until(() -> Collections.frequency(kinds(registered), "confirmation") == 2);
    }

    private static void check(StaffBrowser staff, Look look, String name) {
        if (look == Look.PHONE) {
            staff.check(name);
        }
    }

    private void awaitRefunded(Registered registered, String amount) {
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> api.registration(registered)
                        .has(200)
                        .assertThatText("/payment/refunded/amount")
                        .isEqualTo(amount));
    }

    /** By card, and its confirmation has been sent. */
    private Registered paid(String slug) {
        Registered registered = api.register(slug, "guest", ApiClient.newAddress("card"));
        api.pay(registered);
        api.awaitStatus(registered, "confirmed", SOON);
        await().atMost(SOON).until(() -> kinds(registered).contains("confirmation"));
        return registered;
    }

    /** Does what staff do at the revision that they have seen, and compares what was foreseen with what became of it. */
    private void foreseen(Registered registered, String act, String body) {
        foreseen("POST", registered, act, body);
    }

    private void foreseen(String method, Registered registered, String act, String body) {
        String path = "/api/admin/registrations/" + registered.id() + "/" + act;
        List<String> before = kinds(registered);
        JsonNode seen = api.send(method, path + "?dryRun=true", body, organiser)
                .has(200)
                .json();
        List<String> mails =
                seen.at("/mails").valueStream().map(JsonNode::asString).toList();
        Map<String, String> atRevision = keyed();
        atRevision.put("If-Match", "\"" + seen.at("/revision").asLong() + "\"");

        assertThat(api.send(method, path, body, atRevision).status()).isIn(200, 202);

        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> api.get("/api/registrations/" + registered.id(), organiser)
                        .has(200)
                        .assertThatText("/status")
                        .isEqualTo(seen.at("/status/after").asString()));
        await().atMost(SOON).untilAsserted(() -> {
            List<String> sent = kinds(registered);
            before.forEach(sent::remove);
            assertThat(sent).as(act).containsExactlyInAnyOrderElementsOf(mails);
        });
    }

    /** The kinds of a registration's mails, but for those that ask for money until it has come. */
    private List<String> kinds(Registered registered) {
        List<String> kinds = new ArrayList<>();
        api.get("/api/admin/mails?registration=" + registered.id(), organiser)
                .has(200)
                .json()
                .at("/items")
                .valueStream()
                .map(mail -> mail.at("/kind").asString())
                .filter(kind -> !kind.equals("pay-now"))
                .forEach(kinds::add);
        return kinds;
    }

    private Map<String, String> keyed() {
        Map<String, String> headers = new HashMap<>(organiser);
        headers.put("Idempotency-Key", ApiClient.newKey());
        return headers;
    }
}
