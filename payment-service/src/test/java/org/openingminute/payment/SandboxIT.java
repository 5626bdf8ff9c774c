package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.API_KEY;
import static org.openingminute.payment.ServiceFixture.JSON;
import static org.openingminute.payment.ServiceFixture.SOON;
import static org.openingminute.payment.ServiceFixture.token;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.ServiceFixture.Answer;
import org.openingminute.ui.Assets;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves pages, faults and API of the sandbox over HTTP, on the running service of a rehearsal. */
@PaymentServiceTest
class SandboxIT {

    @Autowired
    private ServiceFixture service;

    @Test
    void the_page_says_what_it_is_and_escapes_what_it_shows() {
        Answer page = service.send(service.to(service.checkoutUrl(service.requested())));

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text())
                .contains("<html lang=\"en\"", "This is a sandbox", "<strong>Rehearsal</strong>")
                .contains("MLSys &lt;2026&gt; &amp; friends")
                .contains("Academic &lt;b&gt;early&lt;/b&gt;")
                .contains("ML26-7K3F9Q")
                .contains("USD 800.00")
                .containsPattern(
                        "<link rel=\"icon\" type=\"image/svg\\+xml\" href=\"/assets/ui/icon\\.[0-9a-f]{12}\\.svg\">")
                .contains("4242 4242 4242 4242")
                .doesNotContain("<b>")
                .doesNotContainPattern("<script(?! src=)")
                .doesNotContain("style=");
        for (String shared : List.of("ui.css", "icon.svg")) {
            assertThat(page.text())
                    .as("the gateway serves it")
                    .contains("href=\"" + new Assets().address(shared) + "\"");
        }
    }

    @Test
    void banner_has_the_time_that_the_gateway_tells() {
        String url = service.checkoutUrl(service.requested());
        HttpRequest.Builder told = service.to(url).header("Business-Time", "2026-02-02T17:18:00Z");

        assertThat(service.send(told).text().replaceAll("\\h", " "))
                .contains("<time datetime=\"2026-02-02T17:18:00Z\">February 2, 2026, 5:18 PM UTC</time>");
        assertThat(german(told).text()).contains("Es ist jetzt", "2. Februar 2026, 17:18 UTC");
        assertThat(service.send(service.to(url)).text())
                .contains("<strong>Rehearsal</strong>")
                .doesNotContain("It is now", "<time");
    }

    @Test
    void pages_are_german_for_german_readers() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        assertThat(german(service.to(url)).text())
                .contains("<html lang=\"de\"", "<title>MLSys &lt;2026&gt; &amp; friends bezahlen (Sandbox)</title>")
                .contains("Dies ist eine Sandbox", "Kartennummer", "wird abgelehnt", "800,00 USD zahlen")
                .doesNotContain("??");
        Answer wrong = german(service.to(url)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("cardNumber=1&expiry=12%2F30&cvc=123")));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("Das ist keine der Testkarten", "<title>Fehler: ");

        service.card(url, "4242424242424242");
        service.awaitPublished(id, "payment.captured.v1");
        Answer paid = german(service.to("/api/payments/" + id + "/checkout")
                .header("Cookie", "registration-" + id + "=" + token(id))
                .header("Origin", service.url())
                .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(paid.status()).isEqualTo(409);
        assertThat(paid.text())
                .contains("<html lang=\"de\"", "<h1>Das kann jetzt nicht bezahlt werden</h1>")
                .contains("Diese Anmeldung ist bezahlt.", "href=\"/registrations/" + id + "\"")
                .contains("<strong>Probe</strong>");
    }

    private Answer german(HttpRequest.Builder request) {
        return service.send(
                request.header("Accept", "text/html,*/*;q=0.8").header("Accept-Language", "de-AT,de;q=0.9"));
    }

    @Test
    void form_leads_to_its_page_after_a_decline_and_home_after_a_capture() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);

        Answer wrong = service.postForm(url, "cardNumber=1234&expiry=13%2F30&cvc=x");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text())
                .contains("<title>Error: pay for MLSys")
                .contains("<a href=\"#cardNumber\">This is not one of the sandbox’s test cards.</a>")
                .containsPattern("<input id=\"cardNumber\"[^>]*aria-invalid=\"true\"")
                .containsPattern("<input id=\"cardNumber\"[^>]*aria-describedby=\"cardNumber-hint cardNumber-error\"")
                .contains("id=\"cvc-error\">Enter three or four digits.");

        Answer declined = service.postForm(url, "cardNumber=4000+0000+0000+9995&expiry=12%2F30&cvc=123");
        assertThat(declined.status()).isEqualTo(303);
        assertThat(declined.whole().headers().firstValue("Location")).contains(url);
        assertThat(service.send(service.to(url)).text())
                .contains("not enough funds")
                .contains("try again");

        Answer confirm = service.postForm(url, "cardNumber=4000000000003220&expiry=12%2F30&cvc=123");
        assertThat(confirm.status()).isEqualTo(303);
        assertThat(service.send(service.to(url)).text())
                .contains("Your bank asks you to confirm", "href=\"" + service.url() + "/registrations/" + id + "\"");

        Answer paid = service.postForm(url + "/confirmation", "accept=true");
        assertThat(paid.status()).isEqualTo(303);
        assertThat(paid.whole().headers().firstValue("Location"))
                .contains(service.url() + "/registrations/" + id + "?paid=true");
        assertThat(service.send(service.to(url)).text())
                .contains("This has been paid.", "href=\"" + service.url() + "/registrations/" + id + "?paid=true\"")
                .doesNotContain("cardNumber");
        assertThat(service.postForm(url, "cardNumber=4000000000000002&expiry=12%2F30&cvc=123")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void json_that_is_wrong_is_refused_with_its_code() {
        String url = service.checkoutUrl(service.requested());

        assertThat(service.card(url, "4111111111111111").status()).isEqualTo(422);
        assertThat(service.card(url, "4111111111111111").code()).isEqualTo("invalid");
        assertThat(service.postJson(url, "{").code()).isEqualTo("malformed");
        assertThat(service.postJson(url, "{\"cardNumber\": 4242424242424242, \"expiry\": \"12/30\", \"cvc\": \"123\"}")
                        .code())
                .isEqualTo("malformed");
        assertThat(service.postJson(url, "{\"number\": \"4242424242424242\"}").code())
                .isEqualTo("invalid");
        assertThat(service.postJson(
                                url,
                                "{\"cardNumber\": \"4242424242424242\", \"expiry\": \"12/2030\", \"cvc\": \"123\"}")
                        .json()
                        .path("errors")
                        .path(0)
                        .path("field")
                        .asString())
                .isEqualTo("expiry");
        assertThat(service.postJson(url + "/confirmation", "{\"accept\": true}").code())
                .isEqualTo("not-payable");
        assertThat(service.postJson(url + "/confirmation", "{}").code()).isEqualTo("invalid");
        assertThat(service.card("/sandbox/checkout/cs_unknown", "4242424242424242")
                        .code())
                .isEqualTo("not-found");
        assertThat(service.send(service.to(url)
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("x")))
                        .code())
                .isEqualTo("unsupported-media-type");
    }

    @Test
    void any_expiry_will_do_as_the_page_says() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);

        assertThat(service.send(service.to(url)).text()).contains("Any date works, even one in the past");
        assertThat(service.postJson(
                                url, "{\"cardNumber\": \"4242424242424242\", \"expiry\": \"12/20\", \"cvc\": \"123\"}")
                        .json()
                        .path("outcome")
                        .asString())
                .isEqualTo("captured");
    }

    @Test
    void a_problem_has_the_form_that_it_has_everywhere() {
        String url = service.checkoutUrl(service.requested());

        JsonNode missing = service.postJson(url, "{}").json();
        assertThat(missing.propertyNames())
                .containsExactly("type", "title", "status", "detail", "instance", "code", "errors");
        assertThat(missing.path("type").asString()).isEqualTo("about:blank");
        assertThat(missing.path("title").asString()).isEqualTo("Invalid request");
        assertThat(missing.path("detail").asString()).isEqualTo("Some fields are invalid.");
        assertThat(missing.path("errors")
                        .valueStream()
                        .map(error -> error.path("field").asString() + " "
                                + error.path("message").asString()))
                .containsExactly("cardNumber is required", "expiry is required", "cvc is required");
        JsonNode unknown =
                service.postJson(url, "{\"number\": \"4242424242424242\"}").json();
        assertThat(unknown.path("errors").toString())
                .isEqualTo("[{\"field\":\"number\",\"message\":\"is not a known field\",\"code\":\"unknown-field\"}]");
        Answer noSuchCall = service.send(service.to("/sandbox/faults").DELETE());
        assertThat(noSuchCall.json().path("title").asString()).isEqualTo("Not found");
        assertThat(noSuchCall.whole().headers().allValues("Allow")).isNotEmpty();
    }

    @Test
    @DisturbsOthers
    void faults_are_kept_as_they_were_ordered() {
        String wanted = """
                {"latencyMs": 1, "errorRate": 0.25, "timeoutAfterChargeRate": 0.5,
                 "webhook": {"dropRate": 0.1, "duplicateRate": 0.2, "delayMs": 30, "shuffle": true}}""";
        service.faults(wanted);
        assertThat(service.send(service.to("/sandbox/faults")).json()).isEqualTo(JSON.readTree(wanted));

        assertThat(put("{\"errorRate\": 1.5}").code()).isEqualTo("invalid");
        assertThat(put("{\"latencyMs\": -1}").code()).isEqualTo("invalid");
        assertThat(put("{\"latency\": 1}").code()).isEqualTo("invalid");
        assertThat(put("{\"latencyMs\": \"1\"}").code()).isEqualTo("malformed");
        assertThat(put("{\"latencyMs\": 1.5}").code()).isEqualTo("malformed");
        assertThat(put("[]").code()).isEqualTo("malformed");
        assertThat(service.send(service.to("/sandbox/faults")).json()).isEqualTo(JSON.readTree(wanted));
    }

    private Answer put(String body) {
        return service.send(service.to("/sandbox/faults")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void its_list_of_payments_can_be_read_page_by_page() {
        UUID first = service.paid();
        UUID second = service.paid();

        String after = "";
        StringBuilder seen = new StringBuilder();
        while (true) {
            JsonNode page = service.send(service.to("/sandbox/payments?limit=1&after=" + after))
                    .json();
            page.path("items")
                    .forEach(one ->
                            seen.append(one.path("registration").asString()).append(' '));
            if (page.path("next").isNull()) {
                break;
            }
            after = page.path("next").asString();
        }
        assertThat(seen.toString()).contains(first.toString()).contains(second.toString());
        JsonNode one = service.send(service.to("/sandbox/payments?limit=500"))
                .json()
                .path("items")
                .path(0);
        assertThat(one.propertyNames())
                .containsExactlyInAnyOrder("session", "registration", "captured", "refunded", "disputed");
        assertThat(service.send(service.to("/sandbox/payments?limit=0")).code()).isEqualTo("invalid");
        assertThat(service.send(service.to("/sandbox/payments?limit=x")).code()).isEqualTo("invalid");
        assertThat(service.send(service.to("/sandbox/payments?after=x")).code()).isEqualTo("malformed");
    }

    @Test
    void its_api_needs_its_key() {
        assertThat(service.send(service.to("/sandbox/api/sessions/cs_x")).code())
                .isEqualTo("unauthenticated");
        assertThat(service.send(service.to("/sandbox/api/sessions/cs_x").header("Authorization", "Bearer wrong"))
                        .status())
                .isEqualTo(401);
        assertThat(service.send(service.to("/sandbox/api/sessions/cs_x").header("Authorization", "Bearer " + API_KEY))
                        .code())
                .isEqualTo("not-found");
    }

    @Test
    void session_is_read_by_64_callers_at_once_within_2_seconds() {
        String url = service.checkoutUrl(service.requested());
        String path = "/sandbox/api/sessions/" + url.substring(url.lastIndexOf('/') + 1);
        Callable<Answer> caller = () -> service.send(
                service.to(path).header("Authorization", "Bearer " + API_KEY).timeout(Duration.ofSeconds(2)));

        // A pause of the machine may take the time of one round, but not of each.
        await().atMost(SOON).until(() -> areAnswered(Collections.nCopies(64, caller)));
    }

    /** Makes all calls at once, and returns whether each is answered in time. */
    private static boolean areAnswered(List<Callable<Answer>> calls) throws InterruptedException {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            return callers.invokeAll(calls).stream()
                    .allMatch(call -> call.state() == Future.State.SUCCESS
                            && call.resultNow().status() == 200);
        }
    }

    @Test
    void unknown_paths_are_problems_too() {
        assertThat(service.send(service.to("/api/payments")).code()).isEqualTo("not-found");
        assertThat(service.send(service.to("/sandbox/nothing")).code()).isEqualTo("not-found");
        assertThat(service.send(service.to("/sandbox/faults").DELETE()).code()).isEqualTo("not-found");
    }

    @Test
    void operators_and_the_gateway_read_the_status() {
        JsonNode status = service.send(service.to("/internal/status")).json();
        assertThat(status.path("service").asString()).isEqualTo("payment-service");
        assertThat(status.path("outbox").has("waiting")).isTrue();
        assertThat(status.path("breakers").size()).isEqualTo(6);
        assertThat(status.path("consumers").isArray()).isTrue();
        assertThat(service.send(service.to("/actuator/health/readiness")).status())
                .isEqualTo(200);
        assertThat(service.send(service.to("/actuator/health/liveness")).status())
                .isEqualTo(200);
        assertThat(service.send(service.to("/actuator/prometheus")).text())
                .contains("resilience4j_circuitbreaker_state");
        JsonNode paths = service.send(service.to("/internal/openapi")).json().path("paths");
        assertThat(paths.propertyNames())
                .contains(
                        "/api/payments/{registrationId}",
                        "/api/payments/{registrationId}/checkout",
                        "/api/payments/webhooks/{provider}",
                        "/sandbox/faults",
                        "/sandbox/payments",
                        "/sandbox/checkout/{session}",
                        "/sandbox/checkout/{session}/confirmation");
    }
}
