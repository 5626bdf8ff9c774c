package org.openingminute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Settings.Ports;
import org.openingminute.local.Supervised.Part;

/**
 * An OpenID Connect provider and two further gateways of a running system, which use it for staff sign-in. The local system's own code
 * starts each as a process. All gateways have the system's public URL, as behind a shared entrance.
 */
public final class ProviderAndGateways implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Path data;
    private final Children children;
    private final Ports ports = TestSystems.freePorts();
    private final List<Supervised> parts;

    /** @param system the settings of the running system */
    public ProviderAndGateways(Settings system) throws Exception {
        data = Files.createTempDirectory("provider").toRealPath();
        Path logs = Files.createDirectories(data.resolve("logs"));
        children = new Children(data);
        Programs programs = new Programs(system.checkout());
        JavaCommand java = new JavaCommand("", children.mark(), Files.createDirectories(data.resolve("tmp")));
        Part provider = new Part(
                "identity-provider",
                List.of(),
                java.forJar("identity-provider", programs.service("identity-provider"), List.of("-Xmx128m")),
                Map.of("PORT", "" + ports.smtp(), "PUBLIC_URL", system.url()),
                () -> Probes.answersOk(ports.smtp(), "/.well-known/openid-configuration"),
                "TERM");
        List<String> command = java.forJar("gateway", programs.service("gateway"), List.of("-Xmx224m"));
        parts = List.of(
                new Supervised(provider, children, logs, GRACE),
                new Supervised(gateway("one", command, system, ports.registration()), children, logs, GRACE),
                new Supervised(gateway("other", command, system, ports.notification()), children, logs, GRACE));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> started : threads.invokeAll(
                    parts.stream().map(ProviderAndGateways::start).toList())) {
                started.get();
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** The base URL of the provider. */
    public String provider() {
        return "http://127.0.0.1:" + ports.smtp();
    }

    /** The base URL of the first gateway itself. */
    public String one() {
        return "http://127.0.0.1:" + ports.registration();
    }

    /** The base URL of the second gateway itself. */
    public String other() {
        return "http://127.0.0.1:" + ports.notification();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Supervised part : parts) {
            part.close();
        }
        children.endOrphans();
        if (System.getProperty("keep") == null) {
            Programs.delete(data);
        }
    }

    private static Callable<Void> start(Supervised part) {
        return () -> {
            part.start(START_LIMIT);
            return null;
        };
    }

    /** @param port the gateway's port; its management port is the next one */
    private Part gateway(String name, List<String> command, Settings system, int port) throws IOException {
        int management = port + 1;
        Map<String, String> environment = new HashMap<>(ofSystem(system));
        environment.putAll(system.handedOn("gateway"));
        environment.putAll(Map.of(
                "SERVER_PORT",
                "" + port,
                "MANAGEMENT_PORT",
                "" + management,
                "OIDC_ISSUER",
                provider(),
                "STAFF_JWKS_URI",
                provider() + "/oauth2/jwks",
                "OIDC_AUDIENCE",
                "registration-desk",
                "OIDC_CLIENT_SECRET",
                "a secret",
                "OIDC_ROLES_CLAIM",
                "groups"));
        return new Part(
                name,
                List.of(),
                command,
                environment,
                () -> Probes.answersOk(management, "/actuator/health/readiness"),
                "TERM");
    }

    /** The variables of every gateway of a system. */
    static Map<String, String> ofSystem(Settings system) throws IOException {
        Secrets secrets = new Secrets(system.dataFolder().resolve("secrets"));
        return Map.of(
                "APP_MODE", "rehearsal",
                "PUBLIC_URL", system.url(),
                "SERVER_ADDRESS", "127.0.0.1",
                "STAFF_SIGNING_KEY", "file:" + secrets.signingKey("staff-signing-key.pem"),
                "WAITING_ROOM_KEYS", "k1:" + secrets.text("waiting-room-key"),
                "REGISTRATION_URL", "http://127.0.0.1:" + system.ports().registration(),
                "PAYMENT_URL", "http://127.0.0.1:" + system.ports().payment(),
                "NOTIFICATION_URL", "http://127.0.0.1:" + system.ports().notification());
    }
}
