package org.openingminute.local.containers;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.openingminute.local.flow.Deployment;

/** The containers of the Compose project that {@code system.project} names, on this machine. */
public final class ContainerDeployment implements Deployment {

    private final Containers containers = new Containers();
    private final int port;

    /** @param url the URL of the entrance */
    public ContainerDeployment(String url) {
        port = URI.create(url).getPort();
    }

    @Override
    public String words() {
        return "Compose's images behind its entrance";
    }

    @Override
    public boolean inContainers() {
        return true;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public List<String> parts() {
        return Stream.concat(Stream.of("entrance"), PARTS.stream()).toList();
    }

    @Override
    public long pid(String part) {
        return Long.parseLong(containers.inspect(containers.of(part).getFirst(), "{{.State.Pid}}"));
    }

    @Override
    public String databaseUrl(String database) {
        String address = containers.inspect(postgres(), "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
        return "jdbc:postgresql://%s:5432/%s".formatted(address, database);
    }

    @Override
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                databaseUrl(database), "postgres", containers.shell(postgres(), "cat /run/secrets/POSTGRES_PASSWORD"));
    }

    private String postgres() {
        return containers.of("postgres").getFirst();
    }
}
