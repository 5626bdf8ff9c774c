package org.openingminute.local.configuration;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** The four services, with the smallest configuration that each needs to start. */
enum Service {
    REGISTRATION(
            "registration-service",
            SettingsAlone.Registration.class,
            Map.of(
                    "TICKET_KEYS", Keys.NEW,
                    "ACCESS_TOKEN_KEYS", Keys.NEW,
                    "WAITING_ROOM_KEYS", Keys.NEW,
                    "STAFF_JWKS_URI", "http://gateway/jwks"),
            Map.of()),
    PAYMENT(
            "payment-service",
            SettingsAlone.Payment.class,
            Map.of("ACCESS_TOKEN_KEYS", Keys.NEW),
            Map.of(
                    "STAFF_JWKS_URI", "http://gateway/jwks",
                    "STRIPE_API_KEY", "rk_live_x",
                    "STRIPE_WEBHOOK_SECRET", "whsec_x",
                    "SELLER_NAME", "Systems Society",
                    "SELLER_ADDRESS", "1 Main Street|Springfield")),
    NOTIFICATION(
            "notification-service",
            SettingsAlone.Notification.class,
            Map.of("ACCESS_TOKEN_KEYS", Keys.NEW, "SMTP_HOST", "mail.example.org"),
            Map.of("MAIL_FROM", "registration@example.org")),
    GATEWAY(
            "gateway",
            SettingsAlone.Gateway.class,
            Map.of(
                    "REGISTRATION_URL", "http://registration:8080",
                    "PAYMENT_URL", "http://payment:8080",
                    "NOTIFICATION_URL", "http://notification:8080",
                    "WAITING_ROOM_KEYS", Keys.NEW,
                    "STAFF_SIGNING_KEY", "file:/key.pem"),
            Map.of());

    /** A new random key for each run: a deployment refuses a key that appears in the source code. */
    private static final class Keys {
        private static final String NEW =
                "k1:" + Base64.getUrlEncoder().withoutPadding().encodeToString(new SecureRandom().generateSeed(32));
    }

    private static final Map<String, String> STORES =
            Map.of("DATABASE_URL", "jdbc:postgresql://db/one", "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092");

    private final String module;
    private final Class<?> settings;
    private final Map<String, String> always;
    private final Map<String, String> deployedAlone;

    Service(String module, Class<?> settings, Map<String, String> always, Map<String, String> deployedAlone) {
        this.module = module;
        this.settings = settings;
        this.always = always;
        this.deployedAlone = deployedAlone;
    }

    String module() {
        return module;
    }

    /** The prefix of its own keys. */
    String prefix() {
        return module.replace("-service", "") + ".";
    }

    Class<?> settings() {
        return settings;
    }

    Path properties() {
        return Path.of("..", module, "src", "main", "resources", "application.yml");
    }

    /** Variables with which a deployment starts. */
    Map<String, String> deployed() {
        Map<String, String> variables = common();
        variables.putAll(deployedAlone);
        variables.put("PUBLIC_URL", "https://register.example.org");
        return variables;
    }

    /** Variables with which a rehearsal starts. */
    Map<String, String> rehearsal() {
        Map<String, String> variables = common();
        variables.put("APP_MODE", "rehearsal");
        if (this == PAYMENT) {
            variables.putAll(Map.of("SANDBOX_API_KEY", "x", "SANDBOX_WEBHOOK_SECRET", "y"));
        }
        return variables;
    }

    private Map<String, String> common() {
        Map<String, String> variables = new HashMap<>(always);
        if (this != GATEWAY) {
            variables.putAll(STORES);
        }
        return variables;
    }
}
