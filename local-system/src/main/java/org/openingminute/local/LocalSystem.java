package org.openingminute.local;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Settings.Ports;
import org.openingminute.local.Supervised.Part;

/**
 * The whole system on this machine. {@link #diagram()} describes the processes, their dependencies and their settings. {@code ./run} and
 * the end-to-end tests use this class. Thread-safe.
 */
public final class LocalSystem implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    /** Generous, because a service finishes its requests and, after a build's first run, archives its loaded classes. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final Duration POLL_EVERY = Duration.ofMillis(200);
    private static final List<String> DATABASES = List.of("registration", "payment", "notification");

    private final Settings settings;
    private final Ports ports;
    private final Consumer<String> progress;
    private final Control control;
    private final List<AutoCloseable> held = new ArrayList<>();
    private final Map<String, Supervised> parts = new LinkedHashMap<>();
    private volatile boolean closed;

    /**
     * Prepares a system without starting it: locks its ports and data folder, ends processes left behind by an earlier system, unpacks
     * programs and generates secrets.
     *
     * @param progress receives lines for people
     * @throws CannotRun if the folder or a port is taken, the folder is not writable, or something is missing
     */
    public LocalSystem(Settings settings, Consumer<String> progress) throws InterruptedException {
        this.settings = settings;
        this.ports = settings.ports();
        this.progress = progress;
        this.control = Control.open(ports, this::command);
        try {
            prepare();
        } catch (IOException e) {
            release();
            String reason = e.getClass().getSimpleName() + ": " + e.getMessage();
            throw new CannotRun("the data folder " + settings.dataFolder() + " cannot be used: " + reason, e);
        } catch (CannotRun e) {
            release();
            throw e;
        }
    }

    /** Describes all processes, in an order in which they can start. */
    private void diagram() throws IOException, InterruptedException {
        Path data = settings.dataFolder();
        Programs programs = new Programs(settings.checkout());
        Children children = new Children(data);
        Secrets secrets = new Secrets(data.resolve("secrets"));
        JavaCommand java = new JavaCommand(classPath(programs), children.mark(), data.resolve("tmp"));
        Postgres database = new Postgres(programs.postgres(), children, secrets, ports.postgres());
        Kafka broker = new Kafka(data.resolve("kafka"), ports);

        Map<String, String> everyone = Map.of(
                "APP_MODE",
                "rehearsal",
                "PUBLIC_URL",
                settings.url(),
                "SERVER_ADDRESS",
                "127.0.0.1",
                "STAFF_JWKS_URI",
                "http://127.0.0.1:" + ports.gateway() + "/.well-known/jwks.json");
        Map<String, String> tokens = Map.of("ACCESS_TOKEN_KEYS", "k1:" + secrets.text("access-token-key"));
        Map<String, String> rooms = Map.of("WAITING_ROOM_KEYS", "k1:" + secrets.text("waiting-room-key"));

        Part postgres = database.part(DATABASES, settings.handedOn("postgres"));
        Part kafka = broker.part(java);
        Part mailTrap = new Part(
                "mail-trap",
                List.of(),
                new JavaCommand(programs.mailTrap(), children.mark(), data.resolve("tmp"))
                        .forClass("mail-trap", "org.openingminute.mailtrap.MailTrap", List.of("-Xmx128m"), List.of()),
                Map.of(
                        "SMTP_PORT", "" + ports.smtp(),
                        "HTTP_PORT", "" + ports.mailbox(),
                        "MAIL_DIR", data.resolve("mail").toString()),
                () -> Probes.greets(ports.smtp()) && Probes.answersOk(ports.mailbox(), "/mails?limit=1"),
                "TERM");
        Part registration = service(
                "registration-service",
                ports.registration(),
                "/open",
                List.of(postgres, kafka),
                java.forJar("registration-service", programs.service("registration-service"), List.of("-Xmx640m")),
                all(
                        everyone,
                        tokens,
                        rooms,
                        database.environmentFor("registration"),
                        broker.environment(),
                        Map.of("TICKET_KEYS", "k1:" + secrets.text("ticket-key"))));
        Part payment = service(
                "payment-service",
                ports.payment(),
                "/sandbox/faults",
                List.of(postgres, kafka),
                java.forJar("payment-service", programs.service("payment-service"), List.of("-Xmx224m")),
                all(
                        everyone,
                        tokens,
                        database.environmentFor("payment"),
                        broker.environment(),
                        Map.of(
                                "SANDBOX_API_KEY", secrets.text("sandbox-api-key"),
                                "SANDBOX_WEBHOOK_SECRET", secrets.text("sandbox-webhook-secret"))));
        Part notification = service(
                "notification-service",
                ports.notification(),
                "/api/admin/mails",
                List.of(postgres, kafka, mailTrap),
                java.forJar("notification-service", programs.service("notification-service"), List.of("-Xmx224m")),
                all(
                        everyone,
                        tokens,
                        database.environmentFor("notification"),
                        broker.environment(),
                        Map.of("SMTP_HOST", "127.0.0.1", "SMTP_PORT", "" + ports.smtp()),
                        Map.of("MAIL_TRAP_HOST", "127.0.0.1", "MAIL_TRAP_PORT", "" + ports.mailbox())));
        Part gateway = new Part(
                "gateway",
                List.of(),
                java.forJar("gateway", programs.service("gateway"), List.of("-Xmx224m")),
                all(
                        everyone,
                        rooms,
                        settings.passwords(),
                        Map.of("ROOM_FILE", data.resolve("waiting-rooms.json").toString()),
                        Map.of("SERVER_PORT", "" + ports.gateway()),
                        Map.of("MANAGEMENT_PORT", "" + ports.gatewayManagement()),
                        Map.of("STAFF_SIGNING_KEY", "file:" + secrets.signingKey("staff-signing-key.pem")),
                        Map.of("REGISTRATION_URL", "http://127.0.0.1:" + ports.registration()),
                        Map.of("PAYMENT_URL", "http://127.0.0.1:" + ports.payment()),
                        Map.of("NOTIFICATION_URL", "http://127.0.0.1:" + ports.notification()),
                        settings.handedOn("gateway")),
                () -> Probes.answersOk(ports.gatewayManagement(), "/actuator/health/readiness"),
                "TERM");

        Path logs = Files.createDirectories(data.resolve("logs"));
        for (Part part : List.of(postgres, kafka, mailTrap, registration, payment, notification, gateway)) {
            parts.put(part.name(), new Supervised(part, children, logs, GRACE));
        }
    }

    /**
     * Describes a service. It is ready when it reports so and the gateway forwards a call to its public path, for which the gateway caches
     * no response.
     */
    private Part service(
            String name,
            int port,
            String publicPath,
            List<Part> needs,
            List<String> command,
            Map<String, String> environment) {
        return new Part(
                name,
                needs,
                command,
                all(environment, Map.of("SERVER_PORT", "" + port), settings.handedOn(name)),
                () -> Probes.answersOk(port, "/actuator/health/readiness")
                        && Probes.isLetIn(ports.gateway(), publicPath),
                "TERM");
    }

    /**
     * Starts all parts, each as soon as its dependencies are ready; returns when registrations are possible.
     *
     * @throws CannotRun if a part cannot be started; {@link #close()} stops the started ones
     */
    public void start() throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, CompletableFuture<Void>> ready = new HashMap<>();
            CompletableFuture<Void> failure = new CompletableFuture<>();
            for (Supervised supervised : parts.values()) {
                CompletableFuture<?>[] needs = supervised.part().needs().stream()
                        .map(need -> ready.get(need.name()))
                        .toArray(CompletableFuture[]::new);
                CompletableFuture<Void> started = CompletableFuture.allOf(needs)
                        .thenRunAsync(() -> start(supervised), threads)
                        .exceptionallyCompose(e -> {
                            failure.completeExceptionally(e);
                            return CompletableFuture.failedFuture(e);
                        });
                ready.put(supervised.part().name(), started);
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(ready.values().toArray(CompletableFuture[]::new));
            try {
                CompletableFuture.anyOf(all, failure).join();
            } catch (CompletionException e) {
                stopAll();
                throw e.getCause() instanceof CannotRun cause ? cause : new CannotRun("the system cannot start", e);
            }
        }
        awaitHealth();
    }

    /** Returns the public address of the system, which is the gateway's, without a trailing slash. */
    public String url() {
        return settings.url();
    }

    /** Returns the settings of this system. */
    public Settings settings() {
        return settings;
    }

    /**
     * Starts a part; returns when it is ready.
     *
     * @throws CannotRun if there is no such part, or it cannot be started
     */
    public void start(String part) throws InterruptedException {
        supervised(part).start(START_LIMIT);
    }

    /**
     * Stops a part, which stays down until it is started again.
     *
     * @throws CannotRun if there is no such part
     */
    public void stop(String part) throws InterruptedException {
        supervised(part).stop();
    }

    /** Returns the process id of a part, or 0 while it is not running. */
    public long pid(String part) {
        return supervised(part).pid();
    }

    /**
     * The default of all tiers. With tier 1 alone the default is a fifth of it, which full collections empty while a service warms up, with
     * pauses of a tenth of a second each.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            stopAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        release();
    }

    private void prepare() throws IOException, InterruptedException {
        Path data = settings.dataFolder();
        held.add(DataFolder.take(data));
        int orphans = new Children(data).endOrphans();
        if (orphans > 0) {
            progress.accept("ended " + orphans + " processes that an earlier system had left behind");
        }
        ports.ofChildren().forEach((port, purpose) -> {
            if (!Probes.isFree(port)) {
                throw new CannotRun("port %d, meant for %s, is taken by another program".formatted(port, purpose));
            }
        });
        Programs.delete(data.resolve("tmp"));
        Files.createDirectories(data.resolve("tmp"));
        diagram();
    }

    private void release() {
        closed = true;
        held.addFirst(control);
        for (AutoCloseable one : held) {
            try {
                one.close();
            } catch (Exception e) {
                progress.accept("while closing: " + e);
            }
        }
    }

    private void stopAll() throws InterruptedException {
        List<Supervised> left = new ArrayList<>(parts.values());
        while (!left.isEmpty()) {
            List<Supervised> wave = left.stream()
                    .filter(one -> left.stream()
                            .noneMatch(other -> other.part().needs().contains(one.part())))
                    .toList();
            List<Thread> threads = wave.stream()
                    .map(one -> Thread.ofVirtual().start(() -> close(one)))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            left.removeAll(wave);
        }
    }

    private void start(Supervised supervised) {
        long begin = System.nanoTime();
        try {
            supervised.start(START_LIMIT);
            double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;
            progress.accept("%s is ready (%.1f s)".formatted(supervised.part().name(), seconds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRun("interrupted while " + supervised.part().name() + " started", e);
        }
    }

    private static void close(Supervised supervised) {
        try {
            supervised.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitHealth() throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                if (Probes.answersOk(ports.gateway(), "/health")) {
                    return;
                }
            } catch (IOException _) {
                // Not ready yet.
            }
            Thread.sleep(POLL_EVERY);
        }
        throw new CannotRun(url() + "/health does not answer 200 after " + START_LIMIT.toSeconds() + " s");
    }

    private Supervised supervised(String part) {
        Supervised supervised = parts.get(part);
        if (supervised == null) {
            throw new CannotRun("there is no part '" + part + "'; the parts are " + String.join(", ", parts.keySet()));
        }
        return supervised;
    }

    private List<String> command(List<String> words) throws InterruptedException {
        switch (words.getFirst()) {
            case "status" -> {
                return parts.keySet().stream().map(this::status).toList();
            }
            case "start" -> start(words.getLast());
            case "stop" -> stop(words.getLast());
            default -> throw new CannotRun("unknown command '" + words.getFirst() + "'");
        }
        return List.of();
    }

    private String status(String part) {
        long pid = pid(part);
        return pid == 0 ? part + " - stopped" : part + " " + pid + " running";
    }

    private static String classPath(Programs programs) {
        Path own = Path.of(URI.create(LocalSystem.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        return own + File.pathSeparator + programs.libraries() + File.separator + "*";
    }

    @SafeVarargs
    private static Map<String, String> all(Map<String, String>... variables) {
        Map<String, String> all = new HashMap<>();
        for (Map<String, String> some : variables) {
            all.putAll(some);
        }
        return all;
    }
}
