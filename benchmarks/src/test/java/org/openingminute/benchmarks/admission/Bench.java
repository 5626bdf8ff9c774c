package org.openingminute.benchmarks.admission;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.openingminute.benchmarks.Cores;
import org.openingminute.benchmarks.admission.Workload.Shape;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.SystemInside;
import org.openingminute.local.load.Candidate.Answered;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.Measured;
import org.openingminute.local.load.Sale;
import tools.jackson.databind.json.JsonMapper;

/**
 * The measured system: a local system and another instance of registration-service in this process. Checks the tables after each
 * measurement.
 */
final class Bench implements AutoCloseable {

    static final int MANY = 1_000_000;
    static final int FEW_KEYS = 100;

    /** The name of the seconds that this process has spent in garbage collection. */
    static final String GC = "garbage collector";

    private static final Duration RELAY_LIMIT = Duration.ofMinutes(3);
    /** Shorter than a session's lifetime. */
    private static final Duration SESSION = Duration.ofMinutes(5);

    private static final Duration RECOVERY = Duration.ofMinutes(1);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<String> ended = new ArrayList<>();
    private final AtomicInteger sales = new AtomicInteger();
    private final LocalSystem system;
    private final String password;
    private final Database database;
    private final Cpu cpu;
    private final SystemInside inside;
    private final Workload workload = new Workload();
    private final InProcess inProcess;
    private String token = "";
    private long signedIn = System.nanoTime() - 2 * SESSION.toNanos();

    Bench(LocalSystem system, String password, boolean alone) throws SQLException, IOException, InterruptedException {
        this.system = system;
        this.inside = new SystemInside(system.settings());
        this.cpu = new Cpu(system);
        this.database = new Database(inside);
        this.password = password;
        if (alone) {
            // They would handle every message on the same processors, for every candidate alike.
            for (String listener : new String[] {"payment-service", "notification-service", "mail-trap"}) {
                system.stop(listener);
            }
        }
        this.inProcess = new InProcess(inside.registrationInstance(), workload);
    }

    /** Returns the processes that ended during a measurement, as sentences. */
    List<String> ended() {
        return ended;
    }

    Database database() {
        return database;
    }

    SystemInside inside() {
        return inside;
    }

    Workload workload() {
        return workload;
    }

    InProcess inProcess() {
        return inProcess;
    }

    HttpCandidate service() {
        return HttpCandidate.registering("registration-service, HTTP", inside.registrationPort(), workload);
    }

    HttpCandidate gateway() {
        return HttpCandidate.registering("gateway, HTTP", gatewayPort(), workload);
    }

    HttpCandidate serviceDoingNothing() {
        return HttpCandidate.doingNothing(
                "registration-service, no-op", inside.registrationPort(), workload, "/actuator/health/liveness");
    }

    /** Returns a candidate that repeats a few registrations, so that all but the first requests only get a stored reply. */
    HttpCandidate serviceRepeating() {
        return HttpCandidate.repeating(Targets.SERVICE_POST, inside.registrationPort(), workload, FEW_KEYS);
    }

    HttpCandidate gatewayDoingNothing() {
        return HttpCandidate.doingNothing("gateway, no-op", gatewayPort(), workload, "/api/version");
    }

    private int gatewayPort() {
        return URI.create(system.url()).getPort();
    }

    NaiveJdbc naive(int connections) throws SQLException {
        return new NaiveJdbc(inside.registrationInstance(), connections, workload, inProcess.decisions());
    }

    /** Gives the load generator, which is this process, its own processors; returns a sentence about it, for the page. */
    String divideProcessors() throws IOException, InterruptedException {
        return Cores.divide(
                Cpu.PARTS.stream().map(system::pid), ProcessHandle.current().pid());
    }

    void shareProcessors() throws IOException, InterruptedException {
        Cores.share(Cpu.PARTS.stream().map(system::pid), ProcessHandle.current().pid());
    }

    /** Creates a conference without sold seats. */
    Sale sale(String what, int seats) throws IOException, InterruptedException {
        String slug = "benchmark-" + what + "-" + sales.incrementAndGet();
        put(slug, seats);
        return new Sale(slug);
    }

    /** Makes one registration of each kind with the production code, whose rows are copied later. */
    Map<Shape, UUID> kinds() throws IOException, InterruptedException {
        put(Templates.CONFERENCE, MANY);
        Map<Shape, UUID> kinds = new LinkedHashMap<>();
        for (Shape shape : Shape.kinds()) {
            Answered answered = inProcess.ask(Workload.ask(Templates.CONFERENCE, shape, kinds.size()));
            if (answered.id() == null) {
                throw new IllegalStateException("not registered: " + shape);
            }
            kinds.put(shape, answered.id());
        }
        return kinds;
    }

    /** Inserts the quota rows that a first registration would insert, all with nothing allocated. */
    void withQuotas(Sale sale) throws SQLException {
        database.run("""
                insert into quota (conference, code, held, sold)
                select '%s', code, 0, 0 from quota where conference = '%s' on conflict do nothing
                """.formatted(sale.slug(), Templates.CONFERENCE));
    }

    /**
     * Measures, waits until all its work is done, and compares the replies with the tables.
     *
     * @throws IllegalStateException if a confirmed registration is missing, or an unconfirmed one exists
     */
    Measured measured(Sale sale, Callable<Measured> measurement) throws Exception {
        Set<UUID> before = database.registrations(sale.slug());
        List<Long> processes = Cpu.PARTS.stream().map(system::pid).toList();
        database.run("checkpoint");
        Map<String, Double> began = used();
        Measured measured = measurement.call();
        database.awaitRelayed(RELAY_LIMIT);
        Measured complete = measured.using(Cpu.between(began, used()));
        Set<UUID> there = database.registrations(sale.slug());
        there.removeAll(before);
        List<Long> now = Cpu.PARTS.stream().map(system::pid).toList();
        for (int i = 0; i < now.size(); i++) {
            if (!now.get(i).equals(processes.get(i))) {
                ended.add("%s ended during a measurement and was started again.".formatted(Cpu.PARTS.get(i)));
                system.start(Cpu.PARTS.get(i));
            }
        }
        check(sale, complete, before, there);
        return complete;
    }

    private Map<String, Double> used() throws SQLException {
        Map<String, Double> used = cpu.seconds();
        used.putAll(database.counted());
        used.put(
                GC,
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                                .sum()
                        / 1e3);
        return used;
    }

    private static void check(Sale sale, Measured measured, Set<UUID> before, Set<UUID> there) {
        Set<UUID> lost = new HashSet<>(measured.ids());
        lost.removeAll(there);
        lost.removeAll(before);
        Set<UUID> untold = new HashSet<>(there);
        untold.removeAll(measured.ids());
        boolean countsOnly = measured.ids().isEmpty() && measured.unsure() == 0;
        if (!lost.isEmpty()
                || (countsOnly
                        ? !untold.isEmpty() && untold.size() != measured.answers()
                        : untold.size() > measured.unsure())) {
            throw new IllegalStateException(
                    "%s: %d were told and are not there, %d are there and were not told, %d requests have no certain answer"
                            .formatted(sale.slug(), lost.size(), untold.size(), measured.unsure()));
        }
    }

    /** Returns the SQL statements per second that both instances send during the work. */
    double statementsPerSecond(Callable<?> work) throws Exception {
        return database.statementsPerSecond(
                system.settings().dataFolder().resolve("logs").resolve("postgres.log"), work);
    }

    private String organiser() throws IOException, InterruptedException {
        if (System.nanoTime() - signedIn > SESSION.toNanos()) {
            token = signIn();
            signedIn = System.nanoTime();
        }
        return token;
    }

    private String signIn() throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(system.url() + "/api/session"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"username\": \"organiser\", \"password\": \"" + password + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return JsonMapper.shared().readTree(answer.body()).get("accessToken").asString();
    }

    /** Defines a conference; retries while a service restarts that the last measurement has brought down. */
    private void put(String slug, int seats) throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + RECOVERY.toNanos();
        while (true) {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(URI.create(system.url() + "/api/admin/conferences/" + slug))
                            .header("Content-Type", "application/json")
                            .header("Authorization", "Bearer " + organiser())
                            .PUT(HttpRequest.BodyPublishers.ofString(Workload.definition(slug, seats)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 201 || answer.statusCode() == 200) {
                return;
            }
            if (System.nanoTime() > giveUp) {
                throw new IllegalStateException("no conference " + slug + ": " + answer.body());
            }
            Thread.sleep(500);
        }
    }

    @Override
    public void close() throws SQLException {
        inProcess.close();
        database.close();
    }
}
