package org.openingminute.local.containers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.page.Spread;

/** Puts load on one, two and four instances of each service, and measures the results. */
final class InstancesRun {

    static final List<Integer> INSTANCES = List.of(1, 2, 4);

    private static final Duration PROVIDER_ANSWERS_AFTER = Duration.ofSeconds(2);
    private static final Duration REST = Duration.ofSeconds(30);
    static final int CLIENTS = 32;
    private static final int AT_MOST_AGAIN = 50;
    private static final Duration BEFORE_AGAIN = Duration.ofMillis(200);

    /** A small number, because a new payment-service is slow, and requests that it refuses are not part of the measurement. */
    private static final int PREPARING = 4;

    /** A quarter of the mails and refunds precedes each round uncounted, because the instances have just started. */
    private static final int WARMING = 4;

    /** Counting starts when clients get no faster, for the same reason: one more period improves the rate by less than this factor. */
    static final double NO_FASTER = 1.05;

    /** The latest start of counting. */
    static final Duration WARM_AT_LATEST = Duration.ofMinutes(3);

    private static final String REGISTRATIONS_SO_FAR = "select count(*) from registration";
    private static final int ENOUGH_SEATS = 1_000_000;

    /** The subjects of the measurement. */
    enum What {
        MAILS("notification-service", INSTANCES, "mails a second, each answer of the mail server after half of one"),
        REFUNDS("payment-service", INSTANCES, "refunds a second, each answered after two seconds by the provider"),
        READS("gateway", INSTANCES.reversed(), "answers a second of the availability, on processors that all share"),
        REGISTRATIONS(
                "registration-service", INSTANCES.reversed(), "registrations a second, on processors that all share");

        final String service;
        final String words;

        /** If only processors limit the result, the largest number of instances comes first, so that those that remain are warm. */
        private final List<Integer> order;

        What(String service, List<Integer> order, String words) {
            this.service = service;
            this.order = order;
            this.words = words;
        }
    }

    /** The backlog, and the seconds since the start. */
    record Lag(double seconds, long left) {}

    /** What registrations leave on disk, in bytes per registration. */
    record Disk(long registrations, long databases, long topics) {}

    private final Containers containers;
    private final ApiClient api;
    private final int size;
    private final Duration time;
    private final Map<What, Map<Integer, List<Double>>> perSecond = new EnumMap<>(What.class);
    private final Map<String, List<Double>> memory = new TreeMap<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong repeated = new AtomicLong();
    private Disk disk = new Disk(0, 0, 0);
    private final Map<What, Map<Integer, List<Lag>>> lags = new EnumMap<>(What.class);

    /**
     * @param size the number of mails and of refunds in a round
     * @param time the period in which clients are counted if nothing queues, and after which the warm-up compares rates
     */
    InstancesRun(Containers containers, ApiClient api, int size, Duration time) {
        this.containers = containers;
        this.api = api;
        this.size = size;
        this.time = time;
    }

    void run(int rounds) throws Exception {
        for (What what : What.values()) {
            containers.run(what.service, 1);
        }
        Thread.sleep(REST);
        containers.memory().forEach((service, now) -> memory.put(service, List.of(now, now)));
        long registrations = containers.count("registration", REGISTRATIONS_SO_FAR);
        long databases = containers.databaseBytes();
        long topics = containers.topicBytes();
        for (What what : What.values()) {
            for (int round = 0; round < rounds; round++) {
                for (int instances : what.order) {
                    measure(what, instances);
                }
            }
        }
        registrations = containers.count("registration", REGISTRATIONS_SO_FAR) - registrations;
        disk = new Disk(
                registrations,
                (containers.databaseBytes() - databases) / registrations,
                (containers.topicBytes() - topics) / registrations);
    }

    private void measure(What what, int instances) throws Exception {
        for (What other : What.values()) {
            containers.run(other.service, other == what ? instances : 1);
        }
        double measured = switch (what) {
            case MAILS -> {
                mails(instances, size / WARMING);
                yield mails(instances, size);
            }
            case REFUNDS -> {
                refunds(instances, size / WARMING);
                yield refunds(instances, size);
            }
            case REGISTRATIONS -> registrations();
            case READS -> reads();
        };
        System.out.printf("%s, %d instances: %.1f a second%n", what.service, instances, measured);
        perSecond
                .computeIfAbsent(what, _ -> new TreeMap<>())
                .computeIfAbsent(instances, _ -> new ArrayList<>())
                .add(measured);
        containers
                .memory()
                .forEach((service, now) -> memory.computeIfPresent(
                        service, (_, so) -> List.of(so.getFirst(), Math.max(so.getLast(), now))));
    }

    Spread spread(What what, int instances) {
        return Spread.of(perSecond.get(what).get(instances));
    }

    /** The backlog in the last round. */
    List<Lag> lag(What what, int instances) {
        return lags.get(what).get(instances);
    }

    /** What the registrations of all rounds have left on disk. */
    Disk disk() {
        return disk;
    }

    /** The memory of each service's largest instance in MiB: at rest, and the maximum after any of the loads. */
    Map<String, List<Double>> memory() {
        return memory;
    }

    int size() {
        return size;
    }

    private double mails(int instances, int many) throws Exception {
        String slug = onSale(0);
        LongSupplier sent = () -> containers.count("notification", "select count(*) from mail where state = 'sent'");
        long before = sent.getAsLong();
        return drained(What.MAILS, instances, many, () -> sent.getAsLong() - before, number -> register(slug, number));
    }

    private double refunds(int instances, int many) throws Exception {
        String slug = onSale(1000);
        ConcurrentLinkedQueue<Registered> paid = new ConcurrentLinkedQueue<>();
        each(PREPARING, many, number -> {
            Registered registered = register(slug, number);
            api.pay(registered);
            api.awaitStatus(registered, "confirmed", Duration.ofMinutes(1));
            return paid.add(registered);
        });
        LongSupplier refunded =
                () -> containers.count("payment", "select count(*) from payment_refund where state = 'done'");
        long before = refunded.getAsLong();
        try {
            api.put("/sandbox/faults", "{\"latencyMs\": %d}".formatted(PROVIDER_ANSWERS_AFTER.toMillis()), Map.of())
                    .has(200);
            return drained(What.REFUNDS, instances, many, () -> refunded.getAsLong() - before, _ -> {
                Registered registered = paid.remove();
                Map<String, String> headers = new HashMap<>(registered.bearer());
                headers.put("Idempotency-Key", ApiClient.newKey());
                return answered(() ->
                                api.post("/api/registrations/" + registered.id() + "/cancellation", "{}", headers))
                        .has(200);
            });
        } finally {
            api.put("/sandbox/faults", "{}", Map.of()).has(200);
        }
    }

    private double registrations() throws Exception {
        String slug = onSale(0);
        return asked(number -> register(slug, number));
    }

    private double reads() throws Exception {
        String slug = onSale(0);
        return asked(_ -> answered(() -> api.get("/api/conferences/" + slug + "/availability"))
                .has(200));
    }

    private Registered register(String slug, int number) {
        String body = ApiClient.body("guest", address(number));
        String key = ApiClient.newKey();
        Answer answer = answered(() -> api.attempt(slug, body, key)).has(201);
        return new Registered(answer.at("/id"), answer.at("/accessToken"), answer);
    }

    /** Repeats a request that is answered 503, as the contract says, and counts the repeats. */
    private Answer answered(Supplier<Answer> request) {
        requests.incrementAndGet();
        Answer answer = request.get();
        for (int again = 0; answer.status() == 503 && again < AT_MOST_AGAIN; again++) {
            repeated.incrementAndGet();
            LockSupport.parkNanos(BEFORE_AGAIN.toNanos());
            answer = request.get();
        }
        return answer;
    }

    /** The number of measured requests, and of repeats after a 503. */
    String repeated() {
        return "%,d requests, %,d answered 503 and repeated".formatted(requests.get(), repeated.get());
    }

    /** Runs a number of actions, and records once a second how many have had no effect yet. */
    private double drained(What what, int instances, int many, LongSupplier done, IntFunction<?> act) throws Exception {
        List<Lag> lag = new ArrayList<>();
        AtomicInteger acted = new AtomicInteger();
        long began = System.nanoTime();
        try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
            Future<?> acting = beside.submit(() -> {
                each(CLIENTS, many, number -> {
                    act.apply(number);
                    return acted.incrementAndGet();
                });
                return null;
            });
            long so = 0;
            while (so < many) {
                if (seconds(began) > 600) {
                    throw new AssertionError(what + ": " + so + " of " + many + " after ten minutes");
                }
                if (acting.state() == Future.State.FAILED) {
                    acting.get();
                }
                Thread.sleep(1000);
                so = done.getAsLong();
                lag.add(new Lag(seconds(began), Math.max(0, acted.get() - so)));
            }
            acting.get();
        }
        lags.computeIfAbsent(what, _ -> new TreeMap<>()).put(instances, lag);
        return many / seconds(began);
    }

    /** Runs the numbers of one round on several clients until all are done. */
    private void each(int together, int many, IntFunction<?> act) throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < together; i++) {
                all.add(clients.submit(() -> {
                    for (int number = next.getAndIncrement(); number < many; number = next.getAndIncrement()) {
                        act.apply(number);
                    }
                }));
            }
            for (Future<?> client : all) {
                client.get();
            }
        }
    }

    /** Clients call again as soon as they have an answer; they are counted once they get no faster. */
    private double asked(IntFunction<?> act) throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                all.add(clients.submit(() -> {
                    while (!enough.get()) {
                        act.apply(client);
                        answered.incrementAndGet();
                    }
                }));
            }
            double counted;
            try {
                warmUp(answered);
                counted = inAWhile(answered);
            } finally {
                enough.set(true);
            }
            for (Future<?> client : all) {
                client.get();
            }
            return counted;
        }
    }

    private void warmUp(AtomicInteger answered) throws InterruptedException {
        long began = System.nanoTime();
        double best = 0;
        int noFaster = 0;
        while (noFaster < 2 && seconds(began) < WARM_AT_LATEST.toSeconds()) {
            double now = inAWhile(answered);
            noFaster = now > best * NO_FASTER ? 0 : noFaster + 1;
            best = Math.max(best, now);
        }
    }

    private double inAWhile(AtomicInteger answered) throws InterruptedException {
        int before = answered.get();
        long began = System.nanoTime();
        Thread.sleep(time);
        return (answered.get() - before) / seconds(began);
    }

    private String onSale(int amount) {
        String slug = ApiClient.newSlug("instances");
        api.putOnSale(slug, ENOUGH_SEATS, "\"holdMinutes\": 15, " + ApiClient.ALL_GOES_BACK, amount);
        return slug;
    }

    /** Uses many domains, because notification-service opens few connections per domain. */
    private static String address(int number) {
        return "person." + ApiClient.newKey().substring(0, 8) + "@d" + number % 40 + ".example.org";
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
