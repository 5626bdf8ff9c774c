package org.openingminute.messaging.testing;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A service that is started with the settings of a deployment and the brokers of the tests. */
public final class Deployed {

    private Deployed() {}

    /** New random keys: a deployment refuses keys that appear in the source code. */
    public static String keys() {
        return "k1:" + Base64.getUrlEncoder().withoutPadding().encodeToString(new SecureRandom().generateSeed(32));
    }

    /**
     * Starts a service on a free port; the caller closes it.
     *
     * @param database its JDBC URL; user and password are {@code postgres}
     * @param more settings that this service needs besides the common ones, as {@code --NAME=value}
     */
    public static ConfigurableApplicationContext start(Class<?> application, String database, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--SERVER_PORT=0",
                "--SERVER_ADDRESS=127.0.0.1",
                "--DATABASE_URL=" + database,
                "--DATABASE_USER=postgres",
                "--DATABASE_PASSWORD=postgres",
                "--KAFKA_BOOTSTRAP_SERVERS=" + TestInfrastructure.kafkaBootstrapServers(),
                "--PUBLIC_URL=https://registration.example.org",
                "--STAFF_JWKS_URI=http://127.0.0.1:1/jwks",
                "--ACCESS_TOKEN_KEYS=" + keys()));
        arguments.addAll(List.of(more));
        return new SpringApplicationBuilder(application).run(arguments.toArray(String[]::new));
    }
}
