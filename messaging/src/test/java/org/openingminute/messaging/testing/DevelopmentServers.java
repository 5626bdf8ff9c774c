package org.openingminute.messaging.testing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;

/**
 * Starts a single service, for example for a debugger, with its own PostgreSQL and Kafka and the settings of a rehearsal. The servers
 * survive the restarts of devtools and stop with the process.
 */
public final class DevelopmentServers {

    private static final String DATABASE = "development.database-url";
    private static final String KAFKA = "development.kafka";

    private DevelopmentServers() {}

    /**
     * Runs the service until its process ends.
     *
     * @param name the prefix of the database's name
     * @param port the service's port, which is open on this machine only
     * @param values its settings besides database, broker and mode; environment variables take precedence
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
        // A system property and not an argument, because devtools restarts main with the application's original
        // arguments.
        System.setProperty("logging.structured.format.console", "");
        application.run(args);
    }

    /** Starts something once per process. A system property remembers it, because devtools reloads all classes at each restart. */
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
