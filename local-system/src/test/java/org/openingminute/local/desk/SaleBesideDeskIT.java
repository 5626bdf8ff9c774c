package org.openingminute.local.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.load.Cpu;
import org.openingminute.local.load.Load;
import org.openingminute.local.load.Measured;
import org.openingminute.local.load.Sale;
import org.openingminute.local.load.WarmUp;
import org.openingminute.local.page.Spread;

/**
 * Proves how little the desk of a conference with very many registrations slows down the sale of another one in the same tables, and how
 * far its index lags. Clients register through the gateway in a closed loop, in alternating windows with and without the desk; every other
 * pair begins with the desk. Each window begins when the index has caught up, so that none pays for the one before. The bound applies to
 * the median of the pairs' ratios. No mails are sent, because those of one window would be sent during the next.
 */
@ExtendWith(DeskSystem.class)
@Tag("measured")
@EnabledIfSystemProperty(
        named = "proofs",
        matches = "full",
        disabledReason = "short windows are further apart than the bounds")
@Order(Integer.MAX_VALUE) // Runs last, because it leaves a service stopped.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(3600)
class SaleBesideDeskIT {

    private static final int SEATS = 1_000_000;
    private static final int PAIRS = 8;
    private static final int CLIENTS = 32;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration WARM = WINDOW.multipliedBy(12);
    private static final int DESK_CALLS = 25;
    private static final double BESIDE_READERS = 0.95;
    private static final double BESIDE_EXPORT = 0.85;

    /** The largest share of the machine's processor time for the clients; above it they would distort the measurement. */
    private static final double CLIENTS_MOST = 0.25;

    private static final String NOT_INDEXED = """
            select (select count(*) from registration where conference = c.slug)
                   - (select count(*) from desk_registration where conference = c.slug)
              from (select ?::text as slug) c""";

    private static final int CALM = 50;
    private static final Duration CALM_FOR = Duration.ofMinutes(1);
    private static final Duration BEHIND = Duration.ofSeconds(2);
    private static final int AT_ONCE = 50_000;
    private static final Duration CAUGHT_UP = Duration.ofSeconds(60);

    private final Running running;
    private final ApiClient api;
    private final int port;
    private final HttpCalls registering;

    SaleBesideDeskIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.port = URI.create(running.url()).getPort();
        this.registering = HttpCalls.registering(port);
    }

    @BeforeAll
    void without_mails() throws InterruptedException {
        running.system().stop("notification-service");
    }

    @AfterAll
    void close() {
        registering.close();
    }

    @ParameterizedTest
    @MethodSource("org.openingminute.local.desk.DeskSystem#sizes")
    @Order(1)
    void sale_goes_on_beside_overviews_and_searches(int registrations) throws Exception {
        FilledConference filled = FilledConference.of(running, registrations);
        Sale sale = onSale("readers");
        try (HttpCalls desk = HttpCalls.desk(port, api.signIn("organiser").get("Authorization"))) {
            double ratio = ratio("20 overviews and 5 searches a second", filled, sale, isWarm -> {
                try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
                    Future<Measured> reading =
                            other.submit(() -> Load.open(desk, new Sale(filled.slug()), DESK_CALLS, WINDOW));
                    double perSecond = admissions(sale);
                    Measured read = reading.get();
                    if (isWarm) {
                        assertThat(read.unsure() + read.refused()).isZero();
                        // The calls arrive at random instants, so their number varies.
                        assertThat(read.answers()).isGreaterThan(DESK_CALLS * WINDOW.toSeconds() * 3 / 4);
                    }
                    return perSecond;
                }
            });
            assertThat(ratio).isGreaterThanOrEqualTo(BESIDE_READERS);
        }
    }

    @ParameterizedTest
    @MethodSource("org.openingminute.local.desk.DeskSystem#sizes")
    @Order(2)
    void sale_goes_on_beside_an_export(int registrations) throws Exception {
        FilledConference filled = FilledConference.of(running, registrations);
        Sale sale = onSale("export");
        double ratio = ratio("an export", filled, sale, _ -> {
            AtomicBoolean goOn = new AtomicBoolean(true);
            CountDownLatch begun = new CountDownLatch(1);
            try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Long> exports = other.submit(() -> export(filled.slug(), goOn, begun));
                double perSecond;
                try {
                    assertThat(begun.await(WINDOW.toSeconds(), TimeUnit.SECONDS))
                            .as("a file begins")
                            .isTrue();
                    perSecond = admissions(sale);
                } finally {
                    goOn.set(false);
                }
                assertThat(exports.get()).isPositive();
                return perSecond;
            }
        });
        assertThat(ratio).isGreaterThanOrEqualTo(BESIDE_EXPORT);
    }

    @Test
    @Order(3)
    void index_is_seconds_behind_a_sale() throws Exception {
        Sale sale = onSale("behind");
        String slug = sale.slug();
        Map<String, String> staff = api.signIn("organiser");
        List<Duration> behind = new ArrayList<>();
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Measured> sold = other.submit(() -> Load.open(registering, sale, CALM, CALM_FOR));
            while (!sold.isDone()) {
                String name = "Probe" + ApiClient.newKey().substring(0, 8);
                api.attempt(slug, new Person(0, name, name, name).body(), ApiClient.newKey())
                        .has(201);
                long made = System.nanoTime();
                await().atMost(CAUGHT_UP)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> api.get("/api/admin/conferences/" + slug + "/registrations?q=" + name, staff)
                                        .has(200)
                                        .json()
                                        .at("/items")
                                        .size()
                                == 1);
                behind.add(Duration.ofNanos(System.nanoTime() - made));
            }
            assertThat(sold.get().unsure() + sold.get().refused()).isZero();
        }
        Collections.sort(behind);
        System.out.printf(
                "index: %d registrations a second, found after: median %d ms, slowest of %d %d ms%n",
                CALM,
                behind.get(behind.size() / 2).toMillis(),
                behind.size(),
                behind.getLast().toMillis());
        assertThat(behind.getLast()).isLessThan(BEHIND);
    }

    @Test
    @Order(4)
    void index_catches_up_with_very_many_at_once() throws Exception {
        FilledConference conference = FilledConference.notIndexed(running, AT_ONCE);
        String indexed = "select count(*) from desk_registration where conference = ?";
        assertThat(conference.count(indexed)).isLessThan(AT_ONCE);

        long begun = System.nanoTime();
        conference.publishAll();
        await().atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> conference.count(indexed) == AT_ONCE);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);

        System.out.printf("index: %,d at once are in it after %.1f s%n", AT_ONCE, took.toMillis() / 1e3);
        assertThat(took).isLessThan(CAUGHT_UP);
    }

    private Sale onSale(String name) {
        String slug = ApiClient.newSlug(name);
        api.putOnSale(slug, SEATS, "\"holdMinutes\": 15", 0);
        return new Sale(slug);
    }

    /** A window beside the desk's load. */
    private interface BesideDesk {

        /**
         * Returns the admissions per second.
         *
         * @param isWarm false for the first windows, in which services that have just started may refuse some calls of the desk
         */
        double admissions(boolean isWarm) throws Exception;
    }

    /** The admissions beside the desk's load, as a share of those without it. */
    private double ratio(String beside, FilledConference filled, Sale sale, BesideDesk besideIt) throws Exception {
        List<Double> warming = WarmUp.rates(() -> besideIt.admissions(false), WARM);
        Windows without = new Windows(filled, sale, () -> admissions(sale));
        Windows with = new Windows(filled, sale, () -> besideIt.admissions(true));
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            double first = (i % 2 == 0 ? without : with).next();
            double second = (i % 2 == 0 ? with : without).next();
            ratios.add(i % 2 == 0 ? second / first : first / second);
        }
        Spread ratio = Spread.of(ratios);
        System.out.printf(
                Locale.ROOT,
                "sale beside %s, of a conference with %,d registrations: %.3f (%.3f to %.3f) of the admissions without; with it %s; without %s; warming %s%n",
                beside,
                filled.registrations(),
                ratio.median(),
                ratio.least(),
                ratio.most(),
                with,
                without,
                WarmUp.words(warming));
        assertThat(Math.max(with.clients(), without.clients()))
                .as("the clients' part of the processors")
                .isLessThan(CLIENTS_MOST);
        return ratio.median();
    }

    /** Measurements of one kind, with the processor time of all of them. */
    private final class Windows {

        private final FilledConference filled;
        private final Sale sale;
        private final Callable<Double> window;
        private final Cpu cpu = new Cpu(running.system());
        private final List<Double> rates = new ArrayList<>();
        private final Map<String, Double> used = new LinkedHashMap<>();

        Windows(FilledConference filled, Sale sale, Callable<Double> window) {
            this.filled = filled;
            this.sale = sale;
            this.window = window;
        }

        /** Runs a window, and returns the admissions per second. */
        double next() throws Exception {
            await().atMost(CAUGHT_UP).until(() -> filled.count(sale.slug(), NOT_INDEXED) == 0);
            Map<String, Double> before = cpu.seconds();
            double perSecond = window.call();
            Cpu.between(before, cpu.seconds()).forEach((part, seconds) -> used.merge(part, seconds, Double::sum));
            rates.add(perSecond);
            return perSecond;
        }

        double clients() {
            return used.getOrDefault(Cpu.CLIENT, 0.0)
                    / (rates.size() * WINDOW.toSeconds() * Runtime.getRuntime().availableProcessors());
        }

        @Override
        public String toString() {
            String parts = used.entrySet().stream()
                    .map(part ->
                            part.getKey() + " " + Spread.number(part.getValue() / (rates.size() * WINDOW.toSeconds())))
                    .collect(Collectors.joining(", "));
            return "%s a second (%s), of which processors are busy: %s"
                    .formatted(Spread.of(rates), WarmUp.words(rates), parts);
        }
    }

    private double admissions(Sale sale) {
        Measured measured = Load.closed(registering, sale, CLIENTS, WINDOW, Long.MAX_VALUE);
        assertThat(measured.unsure()).isZero();
        return measured.perSecond();
    }

    /**
     * Downloads files of a conference one after another until told to stop. Returns the number of bytes.
     *
     * @param begun is counted down when the first file begins
     */
    private long export(String slug, AtomicBoolean goOn, CountDownLatch begun) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(running.url() + "/api/admin/conferences/" + slug + "/registrations.csv"))
                .header("Authorization", api.signIn("organiser").get("Authorization"))
                .build();
        long bytes = 0;
        byte[] some = new byte[1 << 16];
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            while (goOn.get()) {
                HttpResponse<InputStream> file = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                assertThat(file.statusCode()).isEqualTo(200);
                try (InputStream body = file.body()) {
                    int read;
                    while (goOn.get() && (read = body.read(some)) >= 0) {
                        bytes += read;
                        begun.countDown();
                    }
                }
            }
        }
        return bytes;
    }
}
