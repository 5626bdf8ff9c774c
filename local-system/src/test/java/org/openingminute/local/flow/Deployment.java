package org.openingminute.local.flow;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The system under measurement, wherever on this machine it runs. */
public interface Deployment {

    /** The parts that every deployment has. */
    List<String> PARTS =
            List.of("gateway", "registration-service", "payment-service", "notification-service", "postgres", "kafka");

    /** A description for reports. */
    String words();

    /** Whether its parts run in containers with a network of their own. */
    boolean inContainers();

    /** The port of the public entry. */
    int port();

    /** The parts whose processor time is measured. Each is a process with its descendants. */
    List<String> parts();

    /** The first process of a part. */
    long pid(String part);

    /** The JDBC URL of a database. */
    String databaseUrl(String database);

    /** Connects as PostgreSQL's superuser. */
    Connection connect(String database) throws SQLException;
}
