package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves what a deployment offers and refuses while no broker is reachable, on a service with a deployment's settings and a database. */
@PaymentServiceTest(surroundings = DeployedIT.WithoutBroker.class)
class DeployedIT {

    static final class WithoutBroker extends ServiceFixture.Surroundings {

        WithoutBroker() {
            super(
                    "APP_MODE=deployed",
                    "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1",
                    "PUBLIC_URL=https://conference.example",
                    // Generated, because a deployment refuses keys that are in the source code.
                    "ACCESS_TOKEN_KEYS=" + Deployed.keys(),
                    "PAYMENT_CARD_PROVIDER=none",
                    "SELLER_NAME=Systems Society",
                    "SELLER_ADDRESS=1 Main Street|Springfield",
                    "STAFF_JWKS_URI=https://conference.example/.well-known/jwks.json",
                    "SANDBOX_API_KEY=",
                    "SANDBOX_WEBHOOK_SECRET=");
        }
    }

    @Autowired
    private ServiceFixture service;

    @Test
    void it_is_ready_without_a_broker() {
        assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
        Answer status = get("/internal/status");
        assertThat(status.status()).isEqualTo(200);
        assertThat(status.text()).contains("\"brokerAnswers\":false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sandbox/faults",
                "/sandbox/payments",
                "/sandbox/checkout/cs_1",
                "/sandbox/api/sessions/cs_1",
                "/sandbox/checkout/cs_1/confirmation"
            })
    void there_is_no_sandbox(String path) {
        Answer answer = get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).contains("\"code\":\"not-found\"");
    }

    @Test
    void payments_are_refused_without_a_token() {
        assertThat(get("/api/payments/019c1f4b-fe80-7025-8065-5a1d316edc57").status())
                .isEqualTo(401);
    }

    @Test
    void sandbox_webhooks_are_unknown_here() {
        assertThat(service.postJson("/api/payments/webhooks/sandbox", "{}").status())
                .isEqualTo(404);
    }

    private Answer get(String path) {
        return service.send(service.to(path));
    }
}
