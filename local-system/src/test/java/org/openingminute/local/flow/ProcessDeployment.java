package org.openingminute.local.flow;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.SystemInside;

/** The processes of {@code ./run}. */
public final class ProcessDeployment implements Deployment {

    private final LocalSystem system;
    private final SystemInside inside;

    public ProcessDeployment(LocalSystem system) {
        this.system = system;
        this.inside = new SystemInside(system.settings());
    }

    @Override
    public String words() {
        return "processes as `./run` starts them, compiled as in a deployment";
    }

    @Override
    public boolean inContainers() {
        return false;
    }

    @Override
    public int port() {
        return URI.create(system.url()).getPort();
    }

    @Override
    public List<String> parts() {
        return PARTS;
    }

    @Override
    public long pid(String part) {
        return system.pid(part);
    }

    @Override
    public String databaseUrl(String database) {
        return inside.databaseUrl(database);
    }

    @Override
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(databaseUrl(database), "postgres", inside.superuserPassword());
    }
}
