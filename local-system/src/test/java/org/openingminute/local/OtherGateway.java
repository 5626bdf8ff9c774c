package org.openingminute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Settings.Ports;
import org.openingminute.local.Supervised.Part;

/** A second gateway of a running system, as behind a shared entrance. The local system's own code starts it as a process. */
public final class OtherGateway implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Path data;
    private final Children children;
    private final Ports ports = TestSystems.freePorts();
    private final Supervised gateway;

    /**
     * Starts the gateway, and returns when it is ready.
     *
     * @param system the settings of the running system, whose gateway's variables are used
     */
    public OtherGateway(Settings system) throws IOException, InterruptedException {
        data = Files.createTempDirectory("other-gateway").toRealPath();
        children = new Children(data);
        Programs programs = new Programs(system.checkout());
        JavaCommand java = new JavaCommand("", children.mark(), Files.createDirectories(data.resolve("tmp")));
        Map<String, String> environment = new HashMap<>(ProviderAndGateways.ofSystem(system));
        environment.putAll(system.passwords());
        environment.putAll(system.handedOn("gateway"));
        environment.put("STAFF_JWKS_URI", system.url() + "/.well-known/jwks.json");
        environment.put("SERVER_PORT", "" + ports.gateway());
        environment.put("MANAGEMENT_PORT", "" + ports.gatewayManagement());
        Part part = new Part(
                "other-gateway",
                List.of(),
                java.forJar("gateway", programs.service("gateway"), List.of("-Xmx224m")),
                environment,
                () -> Probes.answersOk(ports.gatewayManagement(), "/actuator/health/readiness"),
                "TERM");
        gateway = new Supervised(part, children, Files.createDirectories(data.resolve("logs")), GRACE);
        try {
            gateway.start(START_LIMIT);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    public int port() {
        return ports.gateway();
    }

    /** The port of its metrics. */
    public int managementPort() {
        return ports.gatewayManagement();
    }

    /** Kills the process; it is restarted. */
    public void kill() {
        ProcessHandle.of(gateway.pid()).orElseThrow().destroyForcibly();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        gateway.close();
        children.endOrphans();
        if (System.getProperty("keep") == null) {
            Programs.delete(data);
        }
    }
}
