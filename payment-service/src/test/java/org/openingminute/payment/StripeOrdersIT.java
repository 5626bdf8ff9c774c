package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves how orders of sessions and refunds end that Stripe did not answer or rejected, on the service of {@link StripeIT}. */
@PaymentServiceTest(surroundings = StripeIT.StripeForCards.class)
@Isolated("it takes the commands of every test")
class StripeOrdersIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private CircuitBreakerRegistry breakers;

    @Test
    void orders_unanswered_for_an_hour_leave_other_payers_untouched() {
        List<UUID> stuck = Stream.generate(this::requestedForHours).limit(30).toList();
        stuck.forEach(id -> service.awaitStatus(id, "awaiting"));
        stuck.forEach(this::opening);
        String states = """
                select distinct state from payment_session
                 where asked_at < now() - interval '1 hour' and registration_id = any(?)
                """;

        await().atMost(SOON).until(() -> {
            assertThat(service.checkout(service.requested()).status()).isEqualTo(201);
            return rows(states, stuck.toArray(UUID[]::new)).equals(List.of("ended"));
        });
        CircuitBreaker open = breakers.circuitBreaker("stripe-open");
        assertThat(open.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(open.getMetrics().getNumberOfFailedCalls()).isZero();
        assertThat(service.checkout(stuck.getFirst()).status()).isEqualTo(201);
    }

    @Test
    void payer_of_an_order_unanswered_for_an_hour_gets_another() {
        UUID id = requestedForHours();
        service.awaitStatus(id, "awaiting");
        StripeIT.STRIPE.refuseNextSession("account_closed");
        assertThat(service.checkout(id).status()).isEqualTo(503);
        age(id, Duration.ofMinutes(61));

        assertThat(service.checkout(id).status()).isEqualTo(201);
        assertThat(rows("select state from payment_session where registration_id = ? order by asked_at", id))
                .containsExactly("ended", "open");
    }

    @Test
    void old_session_is_handed_out_only_while_it_is_open_at_stripe() {
        UUID id = requestedForHours();
        String url = service.checkoutUrl(id);
        age(id, Duration.ofMinutes(91));
        Answer open = service.checkout(id);
        assertThat(open.status()).isEqualTo(200);
        assertThat(open.json().path("checkoutUrl").asString()).isEqualTo(url);

        StripeIT.STRIPE.expired(StripeIT.STRIPE.sessionOf(id));
        Answer next = service.checkout(id);
        assertThat(next.status()).isEqualTo(201);
        assertThat(next.json().path("checkoutUrl").asString()).isNotEqualTo(url);
    }

    @Test
    void order_that_stripe_rejects_is_repeated_ever_later() {
        UUID id = service.requested();
        service.awaitStatus(id, "awaiting");
        StripeIT.STRIPE.refuseNextSession("account_closed");
        assertThat(service.checkout(id).status()).isEqualTo(503);

        StripeIT.STRIPE.refuseNextSession("account_closed");
        dueAgain("session", id, Duration.ZERO);
        awaitPause("session", id, 21, 30);

        StripeIT.STRIPE.refuseNextSession("account_closed");
        dueAgain("session", id, Duration.ofMinutes(10));
        awaitPause("session", id, 270, 300);
        assertThat(service.checkout(id).status()).isEqualTo(201);
    }

    @Test
    void refund_that_stripe_rejects_is_ordered_ever_later() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        StripeIT.STRIPE.paid(StripeIT.STRIPE.sessionOf(id), Instant.now());
        dueAgain("session", id, Duration.ZERO);
        service.awaitPublished(id, "payment.captured.v1");

        StripeIT.STRIPE.refuseNextRefund("balance_insufficient");
        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 30_000);
        awaitPause("refund", id, 40, 60);

        StripeIT.STRIPE.refuseNextRefund("balance_insufficient");
        dueAgain("refund", id, Duration.ofMinutes(20));
        awaitPause("refund", id, 1_100, 1_200);

        dueAgain("refund", id, Duration.ofMinutes(20));
        service.awaitPublished(id, "payment.captured.v1", "payment.refunded.v1");
    }

    private UUID requestedForHours() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).seconds(7_200));
        return id;
    }

    /** Adds a session whose order has been unanswered for an hour. */
    private void opening(UUID id) {
        UUID session = RegistrationPlayed.newId();
        service.edit(id, """
                jsonb_set(document, '{sessions}', jsonb_build_array(jsonb_build_object(
                    'id', ?::uuid, 'provider', 'stripe', 'amount', jsonb_build_object('amount', 80000, 'currency', 'USD'),
                    'state', 'OPENING', 'requestedAt', now() - interval '61 minutes')))
                """, session);
        jdbc.sql(
                        "insert into payment_open (registration_id, id, what, since, due_at) values (?, ?, 'session', now(), now())")
                .param(id)
                .param(session)
                .update();
    }

    /** Makes a session older and postpones its next check, so that only the payer's request reads it. */
    private void age(UUID id, Duration age) {
        makeOlder(id, "session", age);
        service.due(id, "session", Duration.ofHours(1));
    }

    private void makeOlder(UUID id, String what, Duration age) {
        service.edit(
                id,
                "jsonb_set(document, '{%ss,-1,requestedAt}', to_jsonb(now() - ? * interval '1 s'))".formatted(what),
                age.toSeconds());
    }

    private void dueAgain(String what, UUID id, Duration age) {
        makeOlder(id, what, age);
        service.due(id, what);
    }

    /** Waits until the next attempt is due in {@code atLeast} to {@code atMost} seconds. */
    private void awaitPause(String what, UUID id, int atLeast, int atMost) {
        String sql =
                "select extract(epoch from due_at - now())::int from payment_open where registration_id = ? and what = '%s'"
                        .formatted(what);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(rows(sql, id))
                        .singleElement()
                        .satisfies(
                                seconds -> assertThat(Integer.parseInt(seconds)).isBetween(atLeast, atMost)));
    }

    private List<String> rows(String sql, Object about) {
        return jdbc.sql(sql).param(about).query(String.class).list();
    }
}
