package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
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

/** Proves, in a real browser, how staff review proofs and record bank transfers. */
@ExtendWith(SystemFixture.class)
class ProofsAndTransfersIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Running running;
    private final ApiClient api;
    private final String slug = ApiClient.newSlug("desk");
    private final Chromium chromium;

    ProofsAndTransfersIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        this.running = running;
        this.api = running.api();
    }

    @ParameterizedTest
    @EnumSource
    void proof_is_accepted_and_the_next_opens(Look look) {
        putOnSale();
        Registered first = sendProof();
        Registered second = sendProof();
        String list = "/desk/" + slug + "/proofs";
        Map<String, String> organiser = api.signIn("organiser");
        await().atMost(SOON)
                .until(() -> api.get("/api/admin/conferences/" + slug + "/proofs", organiser)
                                .json()
                                .path("items")
                                .size()
                        == 2);
        try (StaffBrowser browser = StaffBrowser.signedIn(chromium, running, look, "organiser", list)) {
            Page page = browser.page();
            page.locator("a[href='" + list + "/next']").click();
            page.waitForURL("**/" + first.id() + "/**");
            assertThat(page.locator("main img").evaluate("image => image.naturalWidth"))
                    .isEqualTo(1);
            assertThat(page.locator("[aria-labelledby=effects-caption]").innerText())
                    .contains(look.text("mail.proof-accepted"), look.text("mail.proof-refused"));
            browser.check("desk-proof");
            page.locator("button[value=accept]").click();
            page.waitForURL("**/" + second.id() + "/**");
            assertThat(page.locator("[role=status]").count()).isEqualTo(1);
            browser.check("desk-proof-accepted");
            page.locator("#reason-unreadable").check();
            page.locator("button[value=refuse]").click();
            page.waitForURL("**" + list + "?done=refused");
            browser.check("desk-proofs");
            assertThat(browser.complaints()).isEmpty();
        }
        api.awaitStatus(first, "pending-payment", SOON);
        assertThat(api.registration(second).at("/reason")).isEqualTo("It cannot be read.");
    }

    @ParameterizedTest
    @EnumSource
    void pasted_transfer_is_marked_paid(Look look) {
        putOnSale();
        Registered made = api.registerByInvoice(slug, "guest", ApiClient.newAddress("transfer"));
        String path = "/desk/" + slug + "/transfers";
        try (StaffBrowser browser = StaffBrowser.signedIn(chromium, running, look, "finance", path)) {
            Page page = browser.page();
            browser.check("desk-transfers");
            page.locator("#lines")
                    .fill("Ada Lovelace "
                            + made.answer().at("/reference").replace('-', ' ').toLowerCase(Locale.ROOT)
                            + " 100.00 EUR\nrent 12.00");
            button(page).first().click();
            page.locator("[name=mark]").check();
            browser.check("desk-transfer-matches");
            button(page).first().click();
            page.locator(".notice.good").waitFor();
            browser.check("desk-transfers-marked");
            assertThat(browser.complaints()).isEmpty();
        }
        api.awaitStatus(made, "confirmed", SOON);
    }

    private static Locator button(Page page) {
        return page.locator("main form").first().getByRole(AriaRole.BUTTON);
    }

    /** Creates a conference with guests by invoice, and students who need a proof. */
    private void putOnSale() {
        String definition = ApiClient.withStudents(
                ApiClient.definition(slug, 50, "\"invoiceDays\": 14, \"holdMinutes\": 20", 10_000));
        api.put("/api/admin/conferences/" + slug, definition, api.signIn("organiser"))
                .has(201);
        await().atMost(SOON)
                .until(() -> api.get("/api/conferences/" + slug + "/availability")
                        .at("/state")
                        .equals("open"));
    }

    private Registered sendProof() {
        Registered made = api.register(slug, "student", ApiClient.newAddress("proof"));
        api.sendProof(made);
        return made;
    }
}
