package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;
import static org.openingminute.payment.ServiceFixture.token;

import com.zaxxer.hikari.HikariDataSource;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.Rounds;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves checkout from its request to the captured payment, over HTTP on the running service with its sandbox, database and broker. */
@PaymentServiceTest
class CheckoutIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private DataSource dataSource;

    @Test
    void a_card_at_the_sandbox_becomes_a_captured_event() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");

        Answer checkout = service.checkout(id);
        assertThat(checkout.status()).isEqualTo(201);
        String url = checkout.json().path("checkoutUrl").asString();
        assertThat(url).startsWith(service.url() + "/sandbox/checkout/");
        assertThat(checkout.json().path("expiresAt").asString())
                .isEqualTo(Instant.parse("2026-02-02T17:00:00Z")
                        .plusSeconds(900 - 30)
                        .toString());

        Answer pay = service.card(url, "4242424242424242");
        assertThat(pay.status()).isEqualTo(200);
        assertThat(pay.json().path("outcome").asString()).isEqualTo("captured");
        assertThat(pay.json().path("returnUrl").asString())
                .isEqualTo(service.url() + "/registrations/" + id + "?paid=true");

        service.awaitPublished(id, "payment.captured.v1");
        var event = service.registration.published(id).getFirst();
        assertThat(event.sequence()).isEqualTo(1);
        assertThat(event.body().path("status").asString()).isEqualTo("captured");
        assertThat(event.body().path("captured").path("amount").asLong()).isEqualTo(80_000);
        assertThat(event.body().path("captures").size()).isEqualTo(1);
        assertThat(event.body().path("receipt").isNull()).isTrue();
        assertThat(service.status(id)).isEqualTo("captured");
        assertThat(service.ledger(id)).containsExactly("capture provider:sandbox registrations 80000");
    }

    @Test
    void return_page_does_not_report_a_missing_payment_as_paid() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        for (String card : List.of("4000000000000002", "4000000000003220")) {
            Answer pay = service.card(url, card);
            assertThat(pay.json().path("outcome").asString()).isIn("declined", "needs-confirmation");
            assertThat(pay.json().path("returnUrl").asString()).isEqualTo(service.url() + "/registrations/" + id);
        }
    }

    @Test
    void second_checkout_reuses_the_session_and_is_paid_once() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        Answer first = service.checkout(id);
        Answer second = service.checkout(id);

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.text()).isEqualTo(first.text());

        String url = first.json().path("checkoutUrl").asString();
        Answer once = service.card(url, "4242424242424242");
        Answer twice = service.card(url, "4242 4242 4242 4242");
        assertThat(twice.text()).isEqualTo(once.text());
        assertThat(service.card(url, "4000000000000002").code()).isEqualTo("not-payable");

        service.awaitPublished(id, "payment.captured.v1");
        Answer paid = service.checkout(id);
        assertThat(paid.status()).isEqualTo(409);
        assertThat(paid.code()).isEqualTo("not-payable");
        assertThat(sandboxSessions(id)).isEqualTo(1);
    }

    @Test
    void a_double_click_opens_one_session() throws Exception {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> clicks =
                    threads.invokeAll(Collections.nCopies(8, (Callable<Answer>) () -> service.checkout(id)));
            List<String> urls = clicks.stream()
                    .map(click -> click.resultNow().json().path("checkoutUrl").asString())
                    .distinct()
                    .toList();
            assertThat(urls).hasSize(1);
            assertThat(clicks.stream().filter(click -> click.resultNow().status() == 201))
                    .hasSize(1);
        }
        assertThat(sandboxSessions(id)).isEqualTo(1);
    }

    @Test
    void the_call_waits_for_a_payment_that_is_not_known_yet() {
        service.awaitStatus(service.requested(), "awaiting"); // The service reads requests now.
        // The provider's call has this limit; the payment itself is waited for twice as long.
        Answer early = asJustRequested(Duration.ofMillis(2_500), service::checkout);
        assertThat(early.status()).isEqualTo(201);
    }

    /**
     * Asks for a payment while its request is on its way.
     *
     * @param waits how long the service waits
     */
    private Answer asJustRequested(Duration waits, Function<UUID, Answer> asking) {
        return Rounds.within(waits, () -> {
            UUID id = RegistrationPlayed.newId();
            CompletableFuture<Answer> early = CompletableFuture.supplyAsync(
                    () -> asking.apply(id), task -> Thread.ofVirtual().start(task));
            service.registration.send(RegistrationPlayed.request(id));
            return early.join();
        });
    }

    @Test
    void staff_wait_a_moment_for_a_payment_that_is_not_known_yet() {
        service.awaitStatus(service.requested(), "awaiting"); // The service reads requests now.
        Answer early = asJustRequested(Duration.ofSeconds(2), this::readByFinance);
        assertThat(early.status()).isEqualTo(200);
    }

    @Test
    void a_payment_that_never_comes_is_a_503_that_says_when_to_come_again() throws Exception {
        UUID id = RegistrationPlayed.newId();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> ofStaff = threads.submit(() -> readByFinance(id));
            Answer answer = service.checkout(id);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("unavailable");
            assertThat(answer.whole().headers().firstValue("Retry-After")).isPresent();
            assertThat(ofStaff.get().code()).as("for an id that may not exist").isEqualTo("not-found");
        }
    }

    private Answer readByFinance(UUID id) {
        return service.send(
                service.to("/api/payments/" + id).header("Authorization", "Bearer " + service.staff("finance")));
    }

    @Test
    void the_token_is_checked_before_anything_else() {
        UUID unknown = RegistrationPlayed.newId();
        Answer none = service.postJson("/api/payments/" + unknown + "/checkout", "");
        Answer anothers = service.send(service.to("/api/payments/" + unknown + "/checkout")
                .header("Authorization", "Bearer " + token(RegistrationPlayed.newId()))
                .POST(HttpRequest.BodyPublishers.noBody()));
        Answer broken =
                service.send(service.to("/api/payments/" + unknown).header("Authorization", "Bearer a.b.c.d.e"));

        assertThat(none.code()).isEqualTo("unauthenticated");
        assertThat(none.status()).isEqualTo(401);
        assertThat(anothers.code()).isEqualTo("forbidden");
        assertThat(anothers.status()).isEqualTo(403);
        assertThat(broken.status()).isEqualTo(401);
    }

    @Test
    void registration_with_nothing_to_pay_is_captured_and_not_payable() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).due(0));
        service.awaitKnown(id);

        Answer payment = service.payment(id);
        assertThat(payment.json().path("status").asString()).isEqualTo("captured");
        assertThat(payment.json().path("due").path("amount").asLong()).isZero();
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");
    }

    @Test
    void registration_in_review_is_payable_after_the_review_only() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).inReview());
        service.awaitKnown(id);
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");

        service.registration.send(RegistrationPlayed.request(id).revision(2));
        await().atMost(SOON).until(() -> service.checkout(id).status() == 201);
    }

    @Test
    void browser_is_redirected_or_gets_the_problem_as_html() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        Answer go = browser(id);
        assertThat(go.status()).isEqualTo(303);
        String url = go.whole().headers().firstValue("Location").orElseThrow();

        service.card(url, "4242424242424242");
        service.awaitPublished(id, "payment.captured.v1");
        Answer no = browser(id);
        assertThat(no.status()).isEqualTo(409);
        assertThat(no.whole().headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/html");
        assertThat(no.text()).contains("This registration is already paid.");
    }

    private Answer browser(UUID id) {
        return service.send(service.to("/api/payments/" + id + "/checkout")
                .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
                .header("Cookie", "registration-" + id + "=" + token(id))
                .header("Origin", service.url())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("")));
    }

    @Test
    @DisturbsOthers
    void a_provider_that_fails_is_a_503_and_the_same_session_later() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        service.faults("{\"errorRate\": 1}");
        Answer answer = service.checkout(id);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("unavailable");

        service.faults("{}");
        await().atMost(SOON).until(() -> service.checkout(id).status() < 300);
        assertThat(sandboxSessions(id)).isEqualTo(1);
    }

    @Test
    @DisturbsOthers
    void a_session_that_was_made_without_an_answer_is_not_made_twice() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        service.faults("{\"timeoutAfterChargeRate\": 1}");
        assertThat(service.checkout(id).status()).isEqualTo(503);

        service.faults("{}");
        await().atMost(SOON).until(() -> service.checkout(id).status() < 300);
        assertThat(sandboxSessions(id)).isEqualTo(1);
    }

    @Test
    void attempts_are_shown_in_business_time() {
        UUID id = service.requested();
        String url = service.checkoutUrl(id);
        service.card(url, "4000000000000002");
        service.awaitStatus(id, "failed");
        service.card(url, "4242424242424242");
        service.awaitStatus(id, "captured");

        Instant begin = Instant.parse("2026-02-02T17:00:00Z");
        assertThat(service.payment(id)
                        .json()
                        .path("attempts")
                        .valueStream()
                        .map(attempt -> Instant.parse(attempt.path("at").asString())))
                .hasSize(2)
                .isSorted()
                .allSatisfy(at -> assertThat(at).isBetween(begin, begin.plusSeconds(120)));
    }

    @Test
    void a_browser_may_have_as_many_registrations_open_as_it_keeps_cookies() {
        UUID id = service.requested();
        StringBuilder cookies = new StringBuilder("registration-" + id + "=" + token(id));
        for (int i = 0; i < 179; i++) {
            UUID other = RegistrationPlayed.newId();
            cookies.append("; registration-").append(other).append('=').append(token(other));
        }

        assertThat(cookies.length()).isBetween(20_000, 32 * 1024);
        assertThat(service.send(service.to("/api/payments/" + id).header("Cookie", cookies.toString()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_database_that_falls_silent_is_not_waited_for_without_end() throws SQLException {
        assertThat(dataSource.unwrap(HikariDataSource.class).getDataSourceProperties())
                .containsEntry("socketTimeout", "30")
                .containsEntry("tcpKeepAlive", "true");
    }

    private long sandboxSessions(UUID id) {
        return jdbc.sql("select count(*) from sandbox.session where registration = ?")
                .param(id)
                .query(Long.class)
                .single();
    }
}
