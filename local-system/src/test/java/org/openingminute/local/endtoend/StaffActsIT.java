package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.StaffBrowser;
import org.openingminute.local.fixture.StaffBrowser.Look;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import tools.jackson.databind.JsonNode;

/** Proves, on the running system, that the preview of each staff act matches its effects in every service. */
@ExtendWith(SystemFixture.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
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
    private final String slug = ApiClient.newSlug("acts");

    StaffActsIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        this.running = running;
        api = running.api();
        organiser = api.signIn("organiser");
    }

    @BeforeAll
    void conference() {
        api.putOnSale(slug, ApiClient.withStudents(ApiClient.definition(slug, 50, HOLD, 80_000)));
    }

    @Test
    void mails_that_are_foreseen_are_those_that_are_sent() {
        Registered invoiced = invoiced();
        Registered card = paid();

        foreseen(invoiced, "mark-paid", """
                {"reference": "SEPA 1", "amount": {"amount": 80000, "currency": "EUR"}, "receivedAt": "2026-02-10T12:00:00Z"}""");
        foreseen(card, "refunds", PART);
        // Its mail may be sent before registration-service hears of the refund, which makes another revision.
        awaitRefunded(card, "2500");
        foreseen(
                "PATCH",
                card,
                "contact",
                "{\"email\": \"%s\", \"reason\": \"a typo\"}".formatted(ApiClient.newAddress("corrected")));
        foreseen(card, "cancellation", "{\"reason\": \"ill\", \"refund\": \"full\"}");
        for (String decision : List.of("{\"accept\": true}", "{\"accept\": false, \"reason\": \"unreadable\"}")) {
            Registered student = api.register(slug, "student", ApiClient.newAddress("student"));
            await().atMost(SOON).until(() -> kinds(student).contains("proof-wanted"));
            api.sendProof(student);
            foreseen(student, "review", decision);
        }
    }

    @ParameterizedTest
    @EnumSource
    void seat_sold_at_the_desk_has_its_receipt(Look look) {
        String email = ApiClient.newAddress("walk-in");
        String list = "/desk/" + slug + "/registrations";
        String id;
        try (StaffBrowser staff = signedIn(look, list)) {
            Page page = staff.page();
            page.locator("main a[href='" + list + "/new']").click();
            type(
                    page,
                    Map.of(
                            "contact.name", "Ada Lovelace",
                            "contact.email", email,
                            "attendees[0].givenName", "Ada",
                            "attendees[0].familyName", "Lovelace",
                            "attendees[0].email", email,
                            "paid.reference", "till 7",
                            "reason", "a walk-in"));
            page.locator("[name='attendees[0].category']").selectOption("guest");
            page.locator("[name=acceptedCodeOfConduct]").check();
            page.locator("button[value=price]:not(.default-action)").click();
            page.locator("#price table").waitFor();
            assertThat(page.locator("#paid-amount").inputValue()).isEqualTo("800.00");
            assertThat(page.locator("[aria-labelledby=effects-caption]").innerText())
                    .contains(look.text("act.ticket.valid", "Ada Lovelace"), "a walk-in");
            staff.check("desk-sale");
            page.locator("button[value=sell]").click();
            page.waitForURL("**" + list + "/*?done=sell");
            assertThat(page.getByRole(AriaRole.ALERT).count()).isZero();
            assertThat(staff.complaints()).isEmpty();
            id = page.url().replaceFirst(".*/", "").replace("?done=sell", "");
        }

        // The effects are the same in every look, so one look suffices.
        if (look == Look.WIDE) {
            assertReceipt(id, email);
        }
    }

    @ParameterizedTest
    @EnumSource
    void mail_is_sent_again_part_is_refunded_and_the_rest_cancelled(Look look) {
        Registered registered = paid();
        String place = place(registered);
        try (StaffBrowser staff = signedIn(look, place)) {
            Page page = staff.page();
            if (!look.hasScripts()) {
                page.locator("main a[href='" + place + "/mails']").click();
                page.waitForURL("**" + place + "/mails");
            }
            page.locator("#registration-mails tr:has(.tag.good) a[href$='/resend?from=registration']")
                    .first()
                    .click();
            page.locator("button[value=preview]").waitFor();
            staff.check("desk-mail-resend");
            page.locator("[name=reason]").fill("asked for by phone");
            page.locator("button[value=preview]").click();
            page.locator("button[value=do]").waitFor();
            assertThat(page.locator("main .lead").innerText()).contains("@");
            staff.check("desk-mail-resend-preview");
            page.locator("button[value=do]").click();
            page.waitForURL("**" + place + "/mails?sent");
            page.locator("#registration-mails [role=status]").waitFor();
            staff.check("desk-mail-resent");
            assertThat(page.getByRole(AriaRole.ALERT).count()).isZero();

            staff.go(place + "/refund");
            type(page, Map.of("amount", "25,00", "reason", "no lunch"));
            staff.check("desk-refund");
            assertThat(foreseen(page)).contains("25");
            staff.check("desk-refund-preview");
            act(page, place, "refund");
            staff.check("desk-refunded");
            awaitRefunded(registered, "2500");

            staff.go(place + "/cancel");
            page.locator("[name=refund]").selectOption("full");
            type(page, Map.of("reason", "ill"));
            checkOnPhone(staff, look, "desk-cancel");
            assertThat(foreseen(page)).contains("775", look.text("act.ticket.ended", "Ada Lovelace"));
            act(page, place, "cancel");
            awaitStatus(registered, "cancelled");
            awaitRefunded(registered, "80000");
            assertThat(staff.complaints()).isEmpty();
        }
        await().atMost(SOON).until(() -> Collections.frequency(kinds(registered), "confirmation") == 2);
    }

    @ParameterizedTest
    @EnumSource
    void contact_is_corrected_link_renewed_and_transfer_marked_paid(Look look) {
        Registered registered = invoiced();
        String place = place(registered);
        String corrected = ApiClient.newAddress("corrected");
        try (StaffBrowser staff = signedIn(look, place + "/contact")) {
            Page page = staff.page();
            type(page, Map.of("email", corrected, "reason", "a typo"));
            checkOnPhone(staff, look, "desk-contact");
            assertThat(foreseen(page)).contains(corrected);
            checkOnPhone(staff, look, "desk-contact-preview");
            act(page, place, "contact");

            staff.go(place + "/new-link");
            type(page, Map.of("reason", "lost phone"));
            checkOnPhone(staff, look, "desk-new-link");
            assertThat(foreseen(page)).contains(look.text("act.effect.links-end"));
            act(page, place, "new-link");

            staff.go(place + "/mark-paid");
            type(page, Map.of("reference", "SEPA 1"));
            checkOnPhone(staff, look, "desk-mark-paid");
            assertThat(foreseen(page)).contains(look.text("act.ticket.valid", "Ada Lovelace"));
            act(page, place, "mark-paid");
            assertThat(staff.complaints()).isEmpty();
        }
        awaitStatus(registered, "confirmed");
        await().atMost(SOON).until(() -> !api.mailsTo(corrected).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void mails_that_came_back_are_sent_again_together(Look look) throws SQLException {
        List<Registered> registered = List.of(paid(), paid());
        for (Registered one : registered) {
            await().atMost(SOON).until(() -> confirmation(one).equals("sent once"));
            bounce(one);
        }
        String list = "/desk/" + slug + "/mails";
        try (StaffBrowser staff = signedIn(look, list)) {
            Page page = staff.page();
            page.locator("main a[href^='" + list + "/resend']").click();
            page.locator("button[value=preview]").waitFor();
            staff.check("desk-resend");
            page.locator("[name=reason]").fill("The relay is back.");
            page.locator("button[value=preview]").click();
            assertThat(page.locator("#main table tbody").innerText()).contains("2");
            staff.check("desk-resend-preview");
            page.locator("button[value=do]").click();
            page.waitForURL("**" + list + "?again=2");
            page.locator("main .notice.good").waitFor();
            staff.check("desk-resent");
            assertThat(page.getByRole(AriaRole.ALERT).count()).isZero();
            assertThat(staff.complaints()).isEmpty();
        }
        for (Registered one : registered) {
            await().atMost(SOON).until(() -> confirmation(one).equals("sent twice"));
        }
    }

    /** The state of the confirmation, and the number of attempts to send it. */
    private String confirmation(Registered registered) {
        return api.get("/api/admin/mails?registration=" + registered.id(), organiser)
                .has(200)
                .json()
                .at("/items")
                .valueStream()
                .filter(mail -> mail.at("/kind").asString().equals("confirmation"))
                .map(mail -> mail.at("/state").asString() + " "
                        + (mail.at("/attempts").asInt() == 1 ? "once" : "twice"))
                .findFirst()
                .orElse("");
    }

    /** Simulates a mailbox that rejects the confirmation. */
    private void bounce(Registered registered) throws SQLException {
        SystemInside inside = new SystemInside(running.system().settings());
        try (Connection connection = DriverManager.getConnection(
                        inside.databaseUrl("notification"), "postgres", inside.superuserPassword());
                PreparedStatement bounced = connection.prepareStatement(
                        "update mail set state = 'bounced' where registration_id = ?::uuid and kind = 'confirmation'")) {
            bounced.setString(1, registered.id());
            assertThat(bounced.executeUpdate()).isEqualTo(1);
        }
    }

    private void assertReceipt(String id, String email) {
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

    private StaffBrowser signedIn(Look look, String path) {
        return StaffBrowser.signedIn(chromium, running, look, "organiser", path);
    }

    private String place(Registered registered) {
        return "/desk/" + slug + "/registrations/" + registered.id();
    }

    private static void type(Page page, Map<String, String> fields) {
        fields.forEach((field, text) -> page.locator("[name='" + field + "']").fill(text));
    }

    /** Checks a page on a phone only. It resembles a page that is checked in each look, and {@link GalleryIT} checks it wide. */
    private static void checkOnPhone(StaffBrowser staff, Look look, String name) {
        if (look == Look.PHONE) {
            staff.check(name);
        }
    }

    /** Previews the form on the page, and returns the table of effects. */
    private static String foreseen(Page page) {
        page.locator("button[value=preview]").click();
        page.locator("button[value=do]").waitFor();
        return page.locator("main table").innerText();
    }

    private static void act(Page page, String place, String act) {
        page.locator("button[value=do]").click();
        page.waitForURL("**" + place + "?done=" + act);
        assertThat(page.getByRole(AriaRole.ALERT).count()).isZero();
    }

    private void awaitRefunded(Registered registered, String amount) {
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> registration(registered)
                        .assertThatText("/payment/refunded/amount")
                        .isEqualTo(amount));
    }

    private void awaitStatus(Registered registered, String status) {
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(
                        () -> registration(registered).assertThatText("/status").isEqualTo(status));
    }

    /** The registration as staff read it, which works after the registrant's links are revoked. */
    private Answer registration(Registered registered) {
        return api.get("/api/registrations/" + registered.id(), organiser).has(200);
    }

    private Registered invoiced() {
        return api.registerByInvoice(slug, "guest", ApiClient.newAddress("invoiced"));
    }

    /** Registers, pays by card, and waits until the confirmation has been sent. */
    private Registered paid() {
        Registered registered = api.register(slug, "guest", ApiClient.newAddress("card"));
        api.pay(registered);
        api.awaitStatus(registered, "confirmed", SOON);
        await().atMost(SOON).until(() -> kinds(registered, "&state=sent").contains("confirmation"));
        return registered;
    }

    /** Performs an act at the revision of its preview, and compares the preview with the effects. */
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

        awaitStatus(registered, seen.at("/status/after").asString());
        await().atMost(SOON).untilAsserted(() -> {
            List<String> sent = kinds(registered);
            before.forEach(sent::remove);
            assertThat(sent).as(act).containsExactlyInAnyOrderElementsOf(mails);
        });
    }

    /** The kinds of a registration's mails, except {@code pay-now}, which a payment may make obsolete. */
    private List<String> kinds(Registered registered) {
        return kinds(registered, "");
    }

    private List<String> kinds(Registered registered, String filter) {
        List<String> kinds = new ArrayList<>();
        api.get("/api/admin/mails?registration=" + registered.id() + filter, organiser)
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
