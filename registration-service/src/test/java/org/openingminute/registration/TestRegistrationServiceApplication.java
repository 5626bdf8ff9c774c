package org.openingminute.registration;

import java.util.Map;
import org.openingminute.messaging.testing.DevelopmentServers;

/** Starts the service without its neighbours, for an IDE's run button and {@code ./run dev registration-service}. */
final class TestRegistrationServiceApplication {

    private TestRegistrationServiceApplication() {}

    public static void main(String... args) {
        DevelopmentServers.run(
                RegistrationServiceApplication.class,
                "registration",
                8081,
                Map.of("TICKET_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
                args);
    }
}
