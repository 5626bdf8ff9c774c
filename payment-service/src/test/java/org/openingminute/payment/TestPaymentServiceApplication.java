package org.openingminute.payment;

import java.util.Map;
import org.openingminute.messaging.testing.DevelopmentServers;

/** Starts the service without its neighbours, for an IDE's run button and {@code ./run dev payment-service}. */
final class TestPaymentServiceApplication {

    private TestPaymentServiceApplication() {}

    public static void main(String... args) {
        DevelopmentServers.run(
                PaymentServiceApplication.class,
                "payment",
                8082,
                Map.of("SANDBOX_API_KEY", "development", "SANDBOX_WEBHOOK_SECRET", "development-webhook-secret"),
                args);
    }
}
