package org.openingminute.messaging.testing;

/** The database and the brokers of a test run. */
interface TestServers {

    String jdbcUrl(String database);

    String kafkaBootstrapServers();

    /** A description for the log of the test run. */
    String description();
}
