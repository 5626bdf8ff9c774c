package org.openingminute.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Proves how errors, silence and unreadable responses of Stripe are classified, with a played Stripe over HTTP. */
class StripeErrorsTest extends StripeCase {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "500,-,OUTAGE",
                "502,-,OUTAGE",
                "503,-,OUTAGE",
                "429,rate_limit,OUTAGE",
                "429,lock_timeout,OUTAGE",
                "409,idempotency_key_in_use,REJECTED",
                "401,-,REJECTED",
                "401,api_key_expired,REJECTED",
                "402,-,REJECTED",
                "403,-,REJECTED",
                "404,resource_missing,REJECTED",
                "410,-,REJECTED",
                "400,livemode_mismatch,REJECTED",
                "400,account_invalid,REJECTED",
                "400,balance_insufficient,REJECTED"
            })
    void response_without_a_verdict_is_an_outage_or_a_no(int status, @Nullable String code, Kind kind) {
        stripe.refuseNext(status, code, null);
        assertThatThrownBy(() -> provider.open(order(DUE))).isExactlyInstanceOf(kind.type);
        stripe.refuseNext(status, code, null);
        assertThatThrownBy(() -> provider.refund(
                        refund(StripeObjects.of("payment_intent").put("id", "pi_1"), 1)))
                .isExactlyInstanceOf(kind.type);
    }

    enum Kind {
        OUTAGE(ProviderUnavailable.class),
        REJECTED(CallRejected.class);

        private final Class<? extends ProviderUnavailable> type;

        Kind(Class<? extends ProviderUnavailable> type) {
            this.type = type;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>Bad gateway</html>", "[]", "{}", "null", "{\"error\": null}"})
    void foreign_response_is_an_outage(String body) {
        stripe.answerNext(502, body);
        assertThatThrownBy(() -> provider.fetch("cs_1")).isExactlyInstanceOf(ProviderUnavailable.class);
        stripe.answerNext(400, body);
        assertThatThrownBy(() -> provider.open(order(DUE))).isExactlyInstanceOf(ProviderUnavailable.class);
    }

    @Test
    void so_is_silence_and_the_order_that_is_repeated_is_the_same_session() {
        stripe.silentFor(Duration.ofSeconds(20));
        long start = System.nanoTime();
        assertThatThrownBy(() -> provider.open(order(DUE))).isInstanceOf(ProviderUnavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));

        stripe.silentFor(Duration.ZERO);
        String first = provider.open(order(DUE)).id();
        assertThat(provider.open(order(DUE)).id()).isEqualTo(first);
    }

    @Test
    void unreachable_stripe_is_an_outage() {
        stripe.close();
        assertThatThrownBy(() -> provider.open(order(DUE)))
                .isInstanceOf(ProviderUnavailable.class)
                .hasMessageContaining("ConnectException");
    }

    @Test
    void a_key_that_is_used_for_two_refunds_is_a_mistake_of_ours() {
        ObjectNode intent = paid();
        provider.refund(refund(intent, 1));
        assertThatThrownBy(() -> provider.refund(refund(intent, 2))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void unknown_stripe_refusals_are_logged_once_per_kind() {
        assertThat(loggedErrors(() -> {
                    for (String code : List.of("account_closed", "url_invalid", "account_closed")) {
                        stripe.refuseNext(400, code, "success_url");
                        assertThatThrownBy(() -> provider.open(order(DUE))).isInstanceOf(ProviderUnavailable.class);
                    }
                    stripe.refuseNext(400, "amount_too_small", null);
                    assertThatThrownBy(() -> provider.open(order(DUE))).isInstanceOf(SessionRefused.class);
                }))
                .hasSize(2);
    }

    @Test
    void a_refused_api_key_is_logged_once_per_kind() {
        assertThat(loggedErrors(() -> {
                    for (int status : new int[] {401, 401, 403, 401, 403}) {
                        stripe.refuseNext(status, null, null);
                        assertThatThrownBy(() -> provider.fetch("cs_1")).isInstanceOf(ProviderUnavailable.class);
                    }
                }))
                .hasSize(2);
    }

    private static List<String> loggedErrors(Runnable troubles) {
        Logger logger = (Logger) LoggerFactory.getLogger(StripeErrors.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            troubles.run();
        } finally {
            logger.detachAppender(appender);
        }
        assertThat(appender.list).allSatisfy(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.ERROR);
            assertThat(line.getFormattedMessage()).contains("req_1").doesNotContain("ada@example.org");
        });
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void no_sentence_of_stripes_gets_into_a_message_of_ours() {
        for (int status : new int[] {400, 401, 404, 409, 429, 500}) {
            stripe.refuseNext(status, null, null);
            assertThatThrownBy(() -> provider.fetch("cs_1"))
                    .hasMessageNotContaining("ada@example.org")
                    .hasNoCause();
        }
    }
}
