package org.openingminute.payment;

import java.util.Map;
import org.openingminute.messaging.testing.DevelopmentServers;

/** The service by itself, for the run button of an IDE and {@code ./run dev payment-service}. */
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
