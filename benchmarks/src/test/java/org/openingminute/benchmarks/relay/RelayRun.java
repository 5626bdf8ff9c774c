package org.openingminute.benchmarks.relay;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.openingminute.benchmarks.relay.Figures.What;
import org.openingminute.local.load.WarmUp;

/** Runs all measurements in rounds; candidates take turns. */
final class RelayRun implements AutoCloseable {

    static final String TOOL_AS_IT_IS = "Kafka's producer tool, its own settings";
    static final String TOOL_AS_THE_RELAY = "Kafka's producer tool, the relay's settings";
    static final String TOOL_KEYED = "Kafka's producer tool, the relay's settings and keys";
    static final String AFTER_QUIET = Ours.NAME + ", after quiet";
    static final String END_TO_END = "Kafka's end-to-end tool, one record at a time";
    static final String RELAY_ON = "with the relay";
    static final String RELAY_OFF = "without it";

    /** Messages per second, so few that the relay is idle before each. */
    static final int QUIETLY = 20;

    private static final int PARTITIONS = 12;
    private static final String TOOLS_TOPIC = "tools";
    private static final Duration LATE = Duration.ofMinutes(1);
    private static final Duration STALLED = Duration.ofMinutes(3);

    private final long begun = System.nanoTime();
    private final RelayPlan plan;
    private final String brokers;
    private final Path folder;
    private final Bodies bodies = new Bodies();
    private final Figures figures = new Figures();
    private final KafkaTools tools;
    private final Admin admin;
    private final Library library;
    private final Ours ours;
    /** The backlog of each candidate, in messages. */
    private final Map<RelayCandidate, Integer> backlogs;

    RelayRun(RelayPlan plan, Map<String, String> database, String brokers, Path folder) {
        this.plan = plan;
        this.brokers = brokers;
        this.folder = folder;
        this.tools = new KafkaTools(brokers);
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers));
        this.library = new Library(database, brokers);
        this.ours = new Ours(library, bodies);
        this.backlogs = Map.of(
                ours,
                plan.backlog(),
                new RowMarking(library, bodies, 1),
                plan.oneByOne(),
                new RowMarking(library, bodies, 100),
                plan.inBatches(),
                new Modulith(database, brokers, bodies),
                plan.modulith());
    }

    /** Runs everything. May be called once. */
    Figures run() throws Exception {
        List<NewTopic> topics = new ArrayList<>(backlogs.keySet().stream()
                .map(candidate -> new NewTopic(candidate.topic(), PARTITIONS, (short) 1))
                .toList());
        topics.add(new NewTopic(TOOLS_TOPIC, PARTITIONS, (short) 1));
        admin.createTopics(topics).all().get();
        drain();
        library.jdbc().sql("truncate outbox").update();
        latency();
        cost();
        cleanUp();
        return figures;
    }

    int bodyBytes() {
        return bodies.averageBytes();
    }

    int backlog(String candidate) {
        return backlogs.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(candidate))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(plan.backlog());
    }

    /** Returns the seconds since this run was created. */
    double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    Library library() {
        return library;
    }

    private void drain() throws Exception {
        Path lines = bodies.write(folder.resolve("bodies.jsonl"));
        // The other candidates copy their rows from this backlog.
        ours.fill(plan.backlog());
        Map<String, WarmUp.Window<Exception>> all = new LinkedHashMap<>();
        inTurn(0).forEach(candidate -> all.put(candidate.name(), () -> drained(candidate)));
        List<String> keyed = new ArrayList<>(KafkaTools.AS_THE_RELAY);
        keyed.add(KafkaTools.KEYED);
        all.put(TOOL_AS_IT_IS, () -> tools.produce(TOOLS_TOPIC, plan.backlog(), lines, List.of()));
        all.put(TOOL_AS_THE_RELAY, () -> tools.produce(TOOLS_TOPIC, plan.backlog(), lines, KafkaTools.AS_THE_RELAY));
        all.put(TOOL_KEYED, () -> tools.produce(TOOLS_TOPIC, plan.backlog(), lines, keyed));
        for (Map.Entry<String, WarmUp.Window<Exception>> one : all.entrySet()) {
            List<Double> rates = WarmUp.rates(one.getValue(), plan.warmAtMost());
            figures.note("Warming %s, a second: %s.".formatted(one.getKey(), WarmUp.words(rates)));
        }
        List<String> order = new ArrayList<>(all.keySet());
        for (int round = 0; round < plan.rounds(); round++) {
            for (String name : order) {
                drained(name, all.get(name));
            }
            // Changes the order, so that no candidate always follows the same one.
            Collections.rotate(order, 1);
        }
    }

    private void drained(String name, WarmUp.Window<Exception> measured) throws Exception {
        library.jdbc().sql("checkpoint").update();
        double checkpoints = count("select num_done from pg_stat_checkpointer");
        double images = count("select wal_fpi from pg_stat_wal");
        long collected = collectedMillis();
        long begin = System.nanoTime();
        figures.add(What.DRAINED_A_SECOND, name, measured.perSecond());
        figures.add(What.GC_MS_A_SECOND, name, (collectedMillis() - collected) * 1e9 / (System.nanoTime() - begin));
        figures.add(What.CHECKPOINTS, name, count("select num_done from pg_stat_checkpointer") - checkpoints);
        figures.add(What.IMAGES, name, count("select wal_fpi from pg_stat_wal") - images);
    }

    private double count(String sql) {
        return library.jdbc().sql(sql).query(Double.class).single();
    }

    private static long collectedMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    /** Returns the messages per second, from the relay's start until the broker has all of them. */
    private double drained(RelayCandidate candidate) throws Exception {
        int messages = backlogs.get(candidate);
        candidate.fill(messages);
        long before = records(candidate.topic());
        long begin = System.nanoTime();
        candidate.start();
        while (records(candidate.topic()) < before + messages) {
            if (System.nanoTime() - begin > STALLED.toNanos()) {
                throw new IllegalStateException(candidate.name() + " does not get on");
            }
            Thread.sleep(20);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        candidate.awaitNoted();
        candidate.stop();
        long sent = records(candidate.topic()) - before;
        if (sent != messages) {
            figures.note(
                    "%s sent %,d records for %,d messages of a backlog.".formatted(candidate.name(), sent, messages));
        }
        return messages / seconds;
    }

    private long records(String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> all = IntStream.range(0, PARTITIONS)
                .mapToObj(number -> new TopicPartition(topic, number))
                .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
        return admin.listOffsets(all).all().get().values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    private void latency() throws Exception {
        // Two rounds do not count, because much code is not compiled before.
        for (int time = 0; time < 2; time++) {
            for (RelayCandidate candidate : inTurn(time)) {
                arrivals(candidate);
            }
        }
        figures.forget(What.ARRIVAL_P50, What.ARRIVAL_P99);
        for (int round = 0; round < plan.rounds(); round++) {
            for (RelayCandidate candidate : inTurn(round)) {
                arrivals(candidate);
            }
            arrivals(ours, AFTER_QUIET, QUIETLY);
            KafkaTools.Latency latency = tools.endToEnd(TOOLS_TOPIC, plan.endToEnd(), bodies.averageBytes());
            figures.add(What.ARRIVAL_P50, END_TO_END, latency.p50());
            figures.add(What.ARRIVAL_P99, END_TO_END, latency.p99());
            figures.add(What.END_TO_END_AVERAGE, END_TO_END, latency.average());
        }
    }

    private void arrivals(RelayCandidate candidate) throws Exception {
        arrivals(candidate, candidate.name(), Paced.PER_SECOND);
    }

    private void arrivals(RelayCandidate candidate, String name, int perSecond) throws Exception {
        candidate.fill(0);
        Paced paced = new Paced(perSecond, plan.latency());
        candidate.start();
        try (Arrivals arrivals = new Arrivals(brokers, candidate.topic(), PARTITIONS, paced.messages())) {
            paced.run(candidate);
            if (!arrivals.await(LATE)) {
                throw new IllegalStateException(candidate.name() + " has not sent everything after a minute");
            }
            Histogram until = paced.until(arrivals);
            figures.add(What.ARRIVAL_P50, name, until.getValueAtPercentile(50) / 1e6);
            figures.add(What.ARRIVAL_P99, name, until.getValueAtPercentile(99) / 1e6);
        }
        candidate.awaitNoted();
        candidate.stop();
    }

    /** Measures what the relay costs concurrent transactions. */
    private void cost() throws InterruptedException {
        for (int pair = 0; pair < plan.pairs(); pair++) {
            List<Boolean> order = pair % 2 == 0 ? List.of(true, false) : List.of(false, true);
            for (boolean on : order) {
                if (on) {
                    ours.start();
                    ours.awaitNoted();
                }
                Paced paced = new Paced(Paced.PER_SECOND, plan.latency().dividedBy(2));
                paced.run(ours);
                if (on) {
                    ours.awaitNoted();
                    ours.stop();
                }
                Histogram commits = paced.commits();
                String which = on ? RELAY_ON : RELAY_OFF;
                figures.add(What.COMMIT_P50, which, commits.getValueAtPercentile(50) / 1e6);
                figures.add(What.COMMIT_P99, which, commits.getValueAtPercentile(99) / 1e6);
            }
        }
    }

    private void cleanUp() throws Exception {
        ours.fill(Math.min(plan.old(), Bodies.DIFFERENT));
        CleanUp cleanUp = new CleanUp(library, ours);
        for (int round = 0; round < plan.rounds(); round++) {
            figures.add(What.CLEANED_IN_MS, CleanUp.DELETE, cleanUp.millisToDelete(plan.old()));
            figures.add(
                    What.CLEANED_IN_MS,
                    CleanUp.DROP,
                    cleanUp.millisToDrop(plan.old(), held -> figures.add(What.HELD_MS, CleanUp.DROP, held)));
        }
    }

    /** Returns the candidates in another order each round, so that none always follows the same one. */
    private List<RelayCandidate> inTurn(int round) {
        List<RelayCandidate> order = new ArrayList<>(backlogs.keySet());
        order.sort(java.util.Comparator.comparing(RelayCandidate::topic));
        Collections.rotate(order, round);
        return order;
    }

    @Override
    public void close() {
        backlogs.keySet().forEach(RelayCandidate::close);
        library.close();
        admin.close();
    }
}
