package org.openingminute.payment.stripe;

import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.openingminute.payment.provider.RefundRequest;
import tools.jackson.databind.node.ObjectNode;

/** Sets up the Stripe adapter against a played Stripe over HTTP. */
abstract class StripeCase {

    static final String SECRET = "whsec_of_the_tests";
    static final String PUBLIC_URL = "https://conference.example";
    static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    static final UUID REGISTRATION = new UUID(7, 1);
    static final UUID ATTEMPT = new UUID(7, 2);
    static final UUID REFUND = new UUID(7, 3);
    static final Money DUE = new Money(80_000, "USD");

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    final StripePlayed stripe = new StripePlayed(CLOCK);
    final StripeProvider provider = provider("");

    @AfterEach
    void close() {
        stripe.close();
    }

    final StripeProvider provider(String version) {
        return new StripeProvider(
                new StripeProvider.StripeAccount("rk_test_of_the_tests", SECRET, stripe.url(), version, PUBLIC_URL),
                CLOCK);
    }

    static SessionOrder order(Money amount) {
        return order(ATTEMPT, amount, "en");
    }

    static SessionOrder order(UUID attempt, Money amount, String locale) {
        return order(attempt, amount, locale, NOW);
    }

    static SessionOrder order(UUID attempt, Money amount, String locale, Instant requestedAt) {
        PaymentRequest request = new PaymentRequest(
                REGISTRATION,
                1,
                "ML26-7K3F9Q",
                "mlsys-2026",
                "MLSys <2026> & friends",
                "America/Los_Angeles",
                amount,
                true,
                900,
                null,
                null,
                null,
                PaymentRequest.Method.CARD,
                List.of(
                        new PaymentRequest.RequestedLine("Academic", 0, 1, amount, amount),
                        new PaymentRequest.RequestedLine("Tutorials", 0, 2, amount, amount)),
                Money.zero(amount.currency()),
                Money.zero(amount.currency()),
                new PaymentRequest.Buyer("Ada Lovelace", null, null, null, null),
                locale);
        return new SessionOrder(attempt, amount, request, requestedAt);
    }

    /** Opens a session at Stripe. */
    ObjectNode opened() {
        ProviderSession session = provider.open(order(DUE));
        return stripe.object(session.id());
    }

    /** Makes a payment that has arrived at Stripe. */
    ObjectNode paid() {
        return stripe.paid(opened(), NOW);
    }

    static RefundRequest refund(ObjectNode intent, long amount) {
        return new RefundRequest(REFUND, id(intent), new Money(amount, "USD"), null);
    }

    /** Receives the webhook of an event, and returns what the adapter reads from it. */
    @Nullable
    ProviderEvents reported(ObjectNode event) {
        byte[] body = event.toString().getBytes(StandardCharsets.UTF_8);
        provider.receive(signature(event.toString(), NOW), body);
        return provider.read(body, provider::registrationOf);
    }

    static String signature(String body, Instant at) {
        try {
            return Webhook.Signature.generateSignatureHeader(body, SECRET, at.getEpochSecond());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String id(ObjectNode object) {
        return object.path("id").asString();
    }
}
