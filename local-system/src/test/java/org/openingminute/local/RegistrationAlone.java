package org.openingminute.local;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Settings.Ports;
import org.openingminute.local.Supervised.Part;

/**
 * PostgreSQL, Kafka and two instances of registration-service on one database. The local system's own code starts and restarts each as a
 * process. There is no gateway, so tests call the instances directly. The test owns the payment topics.
 */
public final class RegistrationAlone implements AutoCloseable {

    /** The public URL of the gateway, as if there were one; also the issuer of staff tokens. */
    public static final String PUBLIC_URL = "http://localhost:8080";

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Path data;
    private final Children children;
    private final String ticketKeys;
    private final Postgres database;
    private final Kafka broker;
    private final Supervised postgres;
    private final Supervised kafka;
    private final List<Supervised> instances = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    /**
     * Starts all processes.
     *
     * @param staffKeys the URL of the keys of staff tokens
     * @param beforeServices creates what the services need, given the address of the broker
     */
    public RegistrationAlone(String staffKeys, Preparation beforeServices) throws Exception {
        data = Files.createTempDirectory("registration-alone").toRealPath();
        Ports all = TestSystems.freePorts();
        Programs programs = new Programs(TestSystems.CHECKOUT.toAbsolutePath().normalize());
        Secrets secrets = new Secrets(data.resolve("secrets"));
        Path logs = Files.createDirectories(data.resolve("logs"));
        ticketKeys = "k1:" + secrets.text("ticket-key");
        Files.createDirectories(data.resolve("tmp"));
        children = new Children(data);
        JavaCommand java = new JavaCommand(classPath(programs), children.mark(), data.resolve("tmp"));
        database = new Postgres(programs.postgres(), children, secrets, all.postgres());
        broker = new Kafka(data.resolve("kafka"), all);
        postgres = new Supervised(database.part(List.of("registration")), children, logs, GRACE);
        kafka = new Supervised(broker.part(java), children, logs, GRACE);
        Path jar = programs.service("registration-service");
        for (int number : List.of(1, 2)) {
            // Takes two ports of the range that belongs to a gateway port.
            int port = number == 1 ? all.registration() : all.payment();
            ports.add(port);
            instances.add(new Supervised(
                    instance("registration-" + number, port, java, jar, environment(staffKeys, secrets)),
                    children,
                    logs,
                    GRACE));
        }
        try {
            together(postgres, kafka);
            beforeServices.run(broker.environment().get("KAFKA_BOOTSTRAP_SERVERS"));
            // The first instance creates the tables.
            instances.getFirst().start(START_LIMIT);
            instances.getLast().start(START_LIMIT);
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Creates what the services need before they start. */
    @FunctionalInterface
    public interface Preparation {
        void run(String brokers) throws Exception;
    }

    /** The base URL of an instance. */
    public String url(int instance) {
        return "http://127.0.0.1:" + ports.get(instance);
    }

    /** The keys with which the instances sign tickets, in the form of their configuration. */
    public String ticketKeys() {
        return ticketKeys;
    }

    /** Connects with the service's own database account. */
    public Connection connect() throws SQLException, IOException {
        Map<String, String> login = database.environmentFor("registration");
        return DriverManager.getConnection(
                login.get("DATABASE_URL"), login.get("DATABASE_USER"), login.get("DATABASE_PASSWORD"));
    }

    /** The application name of an instance's database connections. */
    public String application(int instance) {
        return instances.get(instance).part().name();
    }

    /** Kills an instance; it is restarted. */
    public void kill(int instance) {
        killed(instances.get(instance));
    }

    /** Kills the database with all its processes; it is restarted. */
    public void killDatabase() {
        killed(postgres);
    }

    private static void killed(Supervised part) {
        long first = part.pid();
        List<Long> all = new ArrayList<>(List.of(first));
        ProcessHandle.of(first).ifPresent(process -> process.descendants().forEach(one -> all.add(one.pid())));
        all.forEach(pid -> Children.signal(pid, "KILL"));
        // Once its end is noticed, the part no longer counts as ready.
        await(() -> part.pid() != first);
    }

    /** Suspends the process of an instance. */
    public void pause(int instance) {
        Children.signal(instances.get(instance).pid(), "STOP");
    }

    public void resume(int instance) {
        Children.signal(instances.get(instance).pid(), "CONT");
    }

    /** Waits until everything that was killed is ready again. */
    public void awaitReady() throws InterruptedException {
        List<Supervised> all = new ArrayList<>(List.of(postgres, kafka));
        all.addAll(instances);
        for (Supervised part : all) {
            await(() -> part.pid() != 0);
            part.start(START_LIMIT);
        }
    }

    private static void await(BooleanSupplier condition) {
        Awaitility.await().atMost(START_LIMIT).pollInterval(LOOK_AGAIN).until(condition::getAsBoolean);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (int i = 0; i < instances.size(); i++) {
            if (instances.get(i).pid() != 0) {
                resume(i);
            }
        }
        for (Supervised one : instances) {
            one.close();
        }
        kafka.close();
        postgres.close();
        children.endOrphans();
        if (System.getProperty("keep") == null) {
            Programs.delete(data);
        }
    }

    private Map<String, String> environment(String staffKeys, Secrets secrets) throws IOException {
        Map<String, String> environment = new HashMap<>(database.environmentFor("registration"));
        environment.putAll(broker.environment());
        environment.putAll(Map.of(
                "APP_MODE",
                "rehearsal",
                "PUBLIC_URL",
                PUBLIC_URL,
                "SERVER_ADDRESS",
                "127.0.0.1",
                "STAFF_JWKS_URI",
                staffKeys,
                "ACCESS_TOKEN_KEYS",
                "k1:" + secrets.text("access-token-key"),
                "TICKET_KEYS",
                ticketKeys,
                "WAITING_ROOM_KEYS",
                "k1:" + secrets.text("waiting-room-key")));
        return environment;
    }

    private static Part instance(String name, int port, JavaCommand java, Path jar, Map<String, String> environment) {
        Map<String, String> own = new HashMap<>(environment);
        own.put("SERVER_PORT", "" + port);
        // Lets a test see in the database which instance a connection belongs to.
        own.computeIfPresent("DATABASE_URL", (_, url) -> url + "?ApplicationName=" + name);
        return new Part(
                name,
                List.of(),
                java.forJar(name, jar, List.of("-Xmx320m")),
                own,
                () -> Probes.answersOk(port, "/actuator/health/readiness"),
                "TERM");
    }

    private static void together(Supervised... parts) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Supervised part : parts) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    part.start(START_LIMIT);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (Supervised part : parts) {
            part.start(START_LIMIT);
        }
    }

    private static String classPath(Programs programs) {
        Path own = Path.of(URI.create(LocalSystem.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        return own + File.pathSeparator + programs.libraries() + File.separator + "*";
    }
}
