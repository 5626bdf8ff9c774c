package org.openingminute.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.openingminute.kit.testing.FreePort;
import org.openingminute.local.Settings.Ports;

/** Folders and free ports for the systems of tests. */
public final class TestSystems {

    /** The folder of the sources. */
    public static final Path CHECKOUT = Path.of(System.getProperty("checkout", ".."));

    private TestSystems() {}

    /** The extracted jar of a service, as it runs with its libraries beside it. */
    public static Path unpacked(String service) throws IOException, InterruptedException {
        return new Programs(CHECKOUT.toAbsolutePath().normalize()).service(service);
    }

    /** The given settings for a system that was built in another folder. */
    public static Settings of(Path checkout, Settings settings) {
        return new Settings(
                checkout.toAbsolutePath().normalize(),
                settings.dataFolder(),
                settings.ports(),
                settings.passwords(),
                settings.invented(),
                settings.handedOn());
    }

    /** A gateway port that is free together with all ports that are derived from it. */
    public static int freeGatewayPort() {
        return freePorts().gateway();
    }

    /** Draws ports that are all free, and that no test process has drawn. */
    static Ports freePorts() {
        for (int attempts = 0; attempts < 1000; attempts++) {
            int gateway = ThreadLocalRandom.current().nextInt(7000, 9270);
            if (gateway == 8080 || !FreePort.take(gateway)) {
                continue;
            }
            Ports ports = new Ports(gateway);
            if (Probes.isFree(ports.control())
                    && ports.ofChildren().keySet().stream().allMatch(Probes::isFree)) {
                return ports;
            }
        }
        throw new IllegalStateException("no free ports");
    }
}
