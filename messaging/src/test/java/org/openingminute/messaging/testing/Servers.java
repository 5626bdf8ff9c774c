package org.openingminute.messaging.testing;

import java.util.Map;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Configures a service under test with a new database for each context, and with the brokers of the test run. */
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

    /** The JDBC URL of the database. */
    protected String database() {
        return TestInfrastructure.newDatabase("service");
    }
}
