package org.openingminute.messaging.testing;

import java.util.Map;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Tells a service that a test starts where its database, a new one for each context, and the run's brokers are. */
public class Servers implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of(Map.of(
                        "DATABASE_URL",
                        database(),
                        "DATABASE_USER",
                        "postgres",
                        "DATABASE_PASSWORD",
                        "postgres",
                        "KAFKA_BOOTSTRAP_SERVERS",
                        TestInfrastructure.kafkaBootstrapServers()))
                .applyTo(context);
    }

    /** A JDBC URL. */
    protected String database() {
        return TestInfrastructure.newDatabase("service");
    }
}
