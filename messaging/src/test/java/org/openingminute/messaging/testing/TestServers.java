package org.openingminute.messaging.testing;

/** Where the servers of a test run are. */
interface TestServers {

    String jdbcUrl(String database);

    String kafkaBootstrapServers();

    /** What they are, for the log of the test run. */
    String description();
}
