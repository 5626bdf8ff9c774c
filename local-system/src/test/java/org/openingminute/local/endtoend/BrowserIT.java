package org.openingminute.local.endtoend;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.Chromium;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves that a person can register and pay in a real browser, with and without JavaScript: page, form, card, confirmation. */
@ExtendWith(SystemFixture.class)
class BrowserIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final String url;
    private final ApiClient api;
    private final String password;
    private final Chromium chromium;

    BrowserIT(Running running, Chromium chromium) {
        this.chromium = chromium;
        url = running.url();
        password = running.password();
        api = running.api();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void page_form_card_confirmed(boolean javaScript) {
        String email = ApiClient.newAddress("browser");
        try (BrowserContext context = chromium.context(javaScript)) {
            Page page = context.newPage();
            page.navigate(url + "/");
            page.locator("a[href$='/conferences/mlsys-2026']").first().click();
            picture(page, "conference", javaScript);
            page.locator("a[href$='/conferences/mlsys-2026/register']").first().click();
            fill(page, email);
            picture(page, "form", javaScript);
            register(page);
            assertThat(page.locator("#live-status .pending-payment")).hasCount(1);
            picture(page, "status-unpaid", javaScript);
            pay(page, "4242424242424242", javaScript);
            awaitConfirmed(page, javaScript);
            picture(page, "status-confirmed", javaScript);
        }
        await().pollInSameThread().atMost(SOON).until(() -> api.mailsTo(email).size() == 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_declined_card_can_be_followed_by_another(boolean javaScript) {
        try (BrowserContext context = chromium.context(javaScript)) {
            Page page = context.newPage();
            page.navigate(url + "/conferences/mlsys-2026/register");
            fill(page, ApiClient.newAddress("browser"));
            register(page);
            pay(page, "4000000000000002", javaScript);
            assertThat(page.locator("[role=alert]").innerText()).contains("try again");
            picture(page, "card-declined", javaScript);
            card(page, "4242424242424242");
            awaitConfirmed(page, javaScript);
        }
    }

    @Test
    void payer_who_returns_before_the_webhook_is_not_asked_again() {
        try (BrowserContext scripted = chromium.context(true);
                BrowserContext plain = chromium.context(false)) {
            Page withScript = declined(scripted, true);
            Page without = declined(plain, false);
            api.put("/sandbox/faults", "{\"webhook\": {\"delayMs\": 12000}}", Map.of())
                    .has(200);
            try {
                payAndExpectConfirming(withScript, true);
                payAndExpectConfirming(without, false);
            } finally {
                api.put("/sandbox/faults", "{}", Map.of()).has(200);
            }
            // With JavaScript the page learns of the payment by its stream; without, it reloads itself.
            for (Page page : List.of(withScript, without)) {
                page.locator("#live-status .confirmed")
                        .waitFor(new Locator.WaitForOptions().setTimeout(SOON.toMillis()));
                assertThat(page.locator("#live-next").innerText())
                        .contains("You are registered")
                        .doesNotContain("confirming");
            }
        }
    }

    @Test
    void page_whose_stream_is_refused_loads_itself() {
        try (BrowserContext context = chromium.context(true)) {
            Page page = context.newPage();
            page.route("**/stream", route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
            page.clock().install();
            page.navigate(url + "/conferences/mlsys-2026/register");
            fill(page, ApiClient.newAddress("browser"));
            register(page);
            // After this delay the page no longer reloads because the registration is new.
            page.clock().fastForward(10_000);
            Page other = context.newPage();
            other.navigate(page.url());
            pay(other, ApiClient.CARD, true);
            awaitConfirmed(other, true);
            await().pollInSameThread().atMost(SOON).until(() -> {
                page.clock().fastForward(12_000);
                return page.locator("#live-status .confirmed").count() == 1;
            });
        }
    }

    /** Returns to the provider's page after the registration's page has reported a declined card. */
    private Page declined(BrowserContext context, boolean javaScript) {
        Page page = context.newPage();
        page.navigate(url + "/conferences/mlsys-2026/register");
        fill(page, ApiClient.newAddress("browser"));
        register(page);
        String registration = page.url();
        pay(page, ApiClient.DECLINED_CARD, javaScript);
        String checkout = page.url();
        page.navigate(registration);
        await().pollInSameThread().atMost(SOON).until(() -> {
            page.reload();
            return page.locator("#live-next").innerText().contains("did not go through");
        });
        page.navigate(checkout);
        return page;
    }

    private static void payAndExpectConfirming(Page page, boolean javaScript) {
        card(page, ApiClient.CARD);
        page.waitForURL("**/registrations/*");
        assertThat(page.locator("#live-next").innerText())
                .contains("We are confirming your payment. You do not need to pay again.")
                .doesNotContain("did not go through", "Please pay");
        assertThat(page.locator("#live-next button, #live-next a.button").count())
                .isZero();
        picture(page, "status-confirming", javaScript);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void form_errors_stand_beside_the_field_and_keep_the_input(boolean javaScript) {
        try (BrowserContext context = chromium.context(javaScript)) {
            Page page = context.newPage();
            page.navigate(url + "/conferences/mlsys-2026/register");
            fill(page, "ada@nowhere");
            register(page);
            assertThat(page.locator("[role=alert]")).hasCount(1);
            assertThat(page.locator("[name='contact.email']").getAttribute("aria-invalid"))
                    .isEqualTo("true");
            assertThat(page.locator("[name='contact.name']").inputValue()).isEqualTo("Ada Lovelace");
            picture(page, "form-errors", javaScript);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void subscribers_confirm_by_mail_and_unsubscribe_by_button(boolean javaScript) {
        String email = ApiClient.newAddress("reader");
        try (BrowserContext context = chromium.context(javaScript)) {
            Page page = context.newPage();
            page.navigate(url + "/conferences/mlsys-2026");
            page.locator("#tell-me-keynotes").check();
            page.locator("#tell-me-email").fill(email);
            page.locator("form[action$='/interest'] button").click();
            assertThat(page.locator("h1")).hasText("Check your inbox");
            picture(page, "tell-me-look", javaScript);
            await().pollInSameThread()
                    .atMost(SOON)
                    .until(() -> api.mailsTo(email).size() == 1);
            String mail = api.mailsTo(email).getFirst().path("text").asString();
            page.navigate(link(mail, "/interest/confirmation?token="));
            picture(page, "tell-me-confirm", javaScript);
            page.locator("main button").click();
            assertThat(page.locator("h1")).hasText("You are subscribed");
            page.navigate(link(mail, "/api/unsubscribe/"));
            picture(page, "tell-me-leave", javaScript);
            page.locator("main button").click();
            assertThat(page.locator("h1")).hasText("You are unsubscribed");
        }
    }

    private static String link(String mail, String path) {
        return mail.lines()
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .filter(word -> word.contains(path))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void staff_sign_in_and_out_on_a_narrow_dark_screen_without_scripts() {
        try (BrowserContext context = chromium.narrowDarkGerman(false)) {
            Page page = context.newPage();
            page.navigate(url + "/check-in/mlsys-2026");
            assertThat(page.url()).contains("/sign-in?to=");
            assertThat(page.locator("h1").textContent()).isEqualTo("Anmelden");
            page.getByLabel("Benutzername").fill("organiser");
            page.getByLabel("Passwort").fill("a wrong one");
            send(page);
            assertThat(page.getByRole(AriaRole.ALERT).textContent())
                    .isEqualTo("Benutzername oder Passwort ist falsch.");
            assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(320);
            Chromium.picture(page, "sign-in-narrow-dark");

            page.navigate(url + "/sign-in");
            page.getByLabel("Benutzername").fill("organiser");
            page.getByLabel("Passwort").fill(password);
            send(page);
            assertThat(page.url()).contains("/desk");
            page.navigate(url + "/sign-in");
            assertThat(page.locator("h1")).hasText("Sie sind angemeldet");
            send(page);
            assertThat(page.locator("h1")).hasText("Sie sind abgemeldet");
            page.navigate(url + "/sign-in");
            assertThat(page.locator("h1").textContent()).isEqualTo("Anmelden");
        }
    }

    @Test
    void every_part_is_accessible_and_fits_a_narrow_screen() {
        try (BrowserContext wide = chromium.context(true);
                BrowserContext narrow = chromium.narrowDarkGerman(true)) {
            Page page = wide.newPage();
            List<String> complaints = new ArrayList<>();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(message.text());
                }
            });
            page.navigate(url + "/design");
            page.locator("section .timeline").waitFor();
            Chromium.picture(page, "design");
            assertThat(Chromium.faults(page)).isEmpty();
            page.getByRole(AriaRole.SEARCHBOX).pressSequentially("grace h");
            page.locator("#sample tbody tr:only-child").waitFor();
            assertThat(page.locator("#sample tbody").innerText()).contains("Grace Hopper");
            assertThat(page.url()).contains("q=grace");
            assertThat(complaints).as("mostly of the content policy").isEmpty();

            Page phone = narrow.newPage();
            phone.navigate(url + "/design");
            phone.locator("section .timeline").waitFor();
            assertThat((int) phone.evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(320);
            Chromium.picture(phone, "design-narrow-dark");
            assertThat(Chromium.faults(phone)).isEmpty();
        }
    }

    private static void send(Page page) {
        page.locator("main form button").click();
        page.waitForLoadState(LoadState.LOAD);
    }

    private static void fill(Page page, String email) {
        page.locator("[name='contact.name']").fill("Ada Lovelace");
        page.locator("[name='contact.email']").fill(email);
        page.locator("[name='attendees[0].category']").selectOption("academic");
        page.locator("[name='attendees[0].givenName']").fill("Ada");
        page.locator("[name='attendees[0].familyName']").fill("Lovelace");
        page.locator("[name='attendees[0].email']").fill(email);
        page.locator("[name='attendees[0].addOns[tutorials]']").check();
        page.locator("[name='acceptedCodeOfConduct']").check();
    }

    private static void register(Page page) {
        page.locator("button[value=register]").last().click();
        page.waitForLoadState(LoadState.LOAD);
    }

    private static void pay(Page page, String number, boolean javaScript) {
        // A mouse click is lost if the page replaces the button between press and release. A key acts when it is
        // pressed,
        // and the page moves the focus to the new button.
        page.locator("form[action*='/checkout'] button").press("Enter");
        page.waitForURL("**/sandbox/checkout/**");
        picture(page, "pay", javaScript);
        card(page, number);
    }

    private static void card(Page page, String number) {
        page.locator("#cardNumber").fill(number);
        page.locator("#expiry").fill("12/30");
        page.locator("#cvc").fill("123");
        page.locator("main form button").first().click();
        page.waitForLoadState(LoadState.LOAD);
    }

    /** With JavaScript the page changes by itself; without, it has to be reloaded. */
    private static void awaitConfirmed(Page page, boolean javaScript) {
        page.waitForURL("**/registrations/*");
        await().pollInSameThread().atMost(SOON).until(() -> {
            if (!javaScript) {
                page.reload();
            }
            return page.locator("#live-status .confirmed").count() == 1;
        });
    }

    private static void picture(Page page, String name, boolean javaScript) {
        if (javaScript) {
            Chromium.picture(page, name);
        }
    }
}
