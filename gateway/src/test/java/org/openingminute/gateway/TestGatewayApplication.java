package org.openingminute.gateway;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.springframework.boot.SpringApplication;

/**
 * Starts the gateway alone, for the run button of an IDE and {@code ./run dev gateway}. It forwards to services that are started in the
 * same way. Staff sign in with the password {@code development}.
 */
final class TestGatewayApplication {

    private TestGatewayApplication() {}

    public static void main(String... args) throws NoSuchAlgorithmException {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.setDefaultProperties(Map.ofEntries(
                Map.entry("APP_MODE", "rehearsal"),
                Map.entry("PUBLIC_URL", "http://localhost:8080"),
                Map.entry("SERVER_ADDRESS", "127.0.0.1"),
                Map.entry("MANAGEMENT_PORT", "8084"),
                Map.entry("WAITING_ROOM_KEYS", TestSettings.ROOM_KEYS),
                Map.entry("STAFF_SIGNING_KEY", newSigningKey()),
                Map.entry("ORGANISER_PASSWORD", "development"),
                Map.entry("FINANCE_PASSWORD", "development"),
                Map.entry("CHECK_IN_PASSWORD", "development"),
                Map.entry("OPERATOR_PASSWORD", "development"),
                Map.entry("REGISTRATION_URL", "http://127.0.0.1:8081"),
                Map.entry("PAYMENT_URL", "http://127.0.0.1:8082"),
                Map.entry("NOTIFICATION_URL", "http://127.0.0.1:8083")));
        // A system property and not an argument, because devtools restarts main with the application's original
        // arguments.
        System.setProperty("logging.structured.format.console", "");
        application.run(args);
    }

    private static String newSigningKey() throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
        return "-----BEGIN PRIVATE KEY-----" + Base64.getEncoder().encodeToString(key) + "-----END PRIVATE KEY-----";
    }
}
