package org.openingminute.messaging.testing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;

/**
 * Starts one service by itself, as for a debugger: on a PostgreSQL and a Kafka of its own, with the values of a rehearsal. The
 * servers outlive the restarts of devtools and end with the process.
 */
public final class DevelopmentServers {

    private static final String DATABASE = "development.database-url";
    private static final String KAFKA = "development.kafka";

    private DevelopmentServers() {}

    /**
     * Runs the service until its process is ended.
     *
     * @param name names the database
     * @param port on which it listens, on this machine alone
     * @param values its settings besides database, broker and mode; whatever the environment sets comes first
     */
    public static void run(Class<?> service, String name, int port, Map<String, Object> values, String... args) {
        Map<String, Object> settings = new HashMap<>(values);
        settings.put("DATABASE_URL", once(DATABASE, () -> TestInfrastructure.newDatabase(name)));
        settings.put("DATABASE_USER", "postgres");
        settings.put("DATABASE_PASSWORD", "postgres");
        settings.put("KAFKA_BOOTSTRAP_SERVERS", once(KAFKA, TestInfrastructure::kafkaBootstrapServers));
        settings.put("APP_MODE", "rehearsal");
        settings.put("PUBLIC_URL", "http://localhost:8080");
        settings.put("STAFF_JWKS_URI", "http://localhost:8080/.well-known/jwks.json");
        settings.put("ACCESS_TOKEN_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        settings.put("SERVER_ADDRESS", "127.0.0.1");
        settings.put("SERVER_PORT", port);
        SpringApplication application = new SpringApplication(service);
        application.setDefaultProperties(settings);
        // Not an argument, because devtools restarts main with the arguments that the application was run with.
        System.setProperty("logging.structured.format.console", "");
        application.run(args);
    }

    /** What was started once in this process: devtools loads classes anew with each restart, but not what they started. */
    public static String once(String key, Supplier<String> start) {
        String known = System.getProperty(key);
        if (known != null) {
            return known;
        }
        String started = start.get();
        System.setProperty(key, started);
        return started;
    }
}
