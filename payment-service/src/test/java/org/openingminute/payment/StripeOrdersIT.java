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

/** Orders of sessions and refunds that Stripe did not answer or did not take, in the service of {@link StripeIT}. */
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
        jdbc.sql("""
                insert into payment_session (id, registration_id, provider, amount, currency, state, asked_at, next_at)
                select gen_random_uuid(), registration_id, 'stripe', 80000, 'USD', 'opening',
                       now() - interval '61 minutes', now()
                  from payment where registration_id = any(?)
                """).param(stuck.toArray(UUID[]::new)).update();
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
        StripeIT.STRIPE.refuseNextSession("account_closed");
        assertThat(service.checkout(id).status()).isEqualTo(503);

        StripeIT.STRIPE.refuseNextSession("account_closed");
        dueAgain("payment_session", id, Duration.ZERO);
        awaitPause("payment_session", id, 21, 30);

        StripeIT.STRIPE.refuseNextSession("account_closed");
        dueAgain("payment_session", id, Duration.ofMinutes(10));
        awaitPause("payment_session", id, 270, 300);
        assertThat(service.checkout(id).status()).isEqualTo(201);
    }

    @Test
    void refund_that_stripe_rejects_is_ordered_ever_later() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        StripeIT.STRIPE.paid(StripeIT.STRIPE.sessionOf(id), Instant.now());
        dueAgain("payment_session", id, Duration.ZERO);
        service.awaitPublished(id, "payment.captured.v1");

        StripeIT.STRIPE.refuseNextRefund("balance_insufficient");
        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 30_000);
        awaitPause("payment_refund", id, 40, 60);

        StripeIT.STRIPE.refuseNextRefund("balance_insufficient");
        dueAgain("payment_refund", id, Duration.ofMinutes(20));
        awaitPause("payment_refund", id, 1_100, 1_200);

        dueAgain("payment_refund", id, Duration.ofMinutes(20));
        service.awaitPublished(id, "payment.captured.v1", "payment.refunded.v1");
    }

    private UUID requestedForHours() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(RegistrationPlayed.request(id).seconds(7_200));
        return id;
    }

    /** Makes a session older, and leaves it to the payer alone. */
    private void age(UUID id, Duration age) {
        jdbc.sql("""
                update payment_session set asked_at = now() - ? * interval '1 s', next_at = now() + interval '1 hour'
                 where registration_id = ?
                """).param(age.toSeconds()).param(id).update();
    }

    private void dueAgain(String table, UUID id, Duration age) {
        jdbc.sql("update %s set next_at = now(), asked_at = now() - ? * interval '1 s' where registration_id = ?"
                        .formatted(table))
                .param(age.toSeconds())
                .param(id)
                .update();
    }

    /** Waits until the next attempt is so many seconds away. */
    private void awaitPause(String table, UUID id, int atLeast, int atMost) {
        String sql =
                "select extract(epoch from next_at - now())::int from %s where registration_id = ?".formatted(table);
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
