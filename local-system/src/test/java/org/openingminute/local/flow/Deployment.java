package org.openingminute.local.flow;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The system that is measured, wherever on this machine it runs. */
public interface Deployment {

    /** Those of every deployment. */
    List<String> PARTS =
            List.of("gateway", "registration-service", "payment-service", "notification-service", "postgres", "kafka");

    /** What it is, for people. */
    String words();

    /** Whether its parts have a network of their own. */
    boolean inContainers();

    /** The port at which registrants find it. */
    int port();

    /** The parts whose time is measured, each a process with those that it started. */
    List<String> parts();

    /** The first process of a part. */
    long pid(String part);

    /** Where JDBC finds a database. */
    String databaseUrl(String database);

    /** As PostgreSQL's superuser. */
    Connection connect(String database) throws SQLException;
}
