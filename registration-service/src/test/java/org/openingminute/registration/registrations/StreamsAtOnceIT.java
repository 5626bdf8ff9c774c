package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;

import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.messaging.testing.WorkPlans;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.registrations.StatusStream.Event;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;

/** Proves many status streams beside a sale, on the running service; {@code -Dproofs=full} uses an instance's default maximum. */
@RegistrationServiceTest
@DirtiesContext
class StreamsAtOnceIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int STREAMS = FULL ? 1_000 : 40;
    private static final int AT_ONCE = 40;
    private static final int REGISTRATIONS_PER_SECOND = FULL ? 50 : 20;
    /** The statements of an idle service, and one more for all streams. */
    private static final int STATEMENTS_PER_SECOND = 4;

    /** Beside other tests a machine may stand still for seconds, so that only the usual time counts there. */
    private static final Duration EVENT_WITHIN = FULL ? Duration.ofMillis(1_500) : SOON;
    /** Polling once a second would be slower. */
    private static final Duration EVENT_USUALLY_WITHIN = Duration.ofMillis(400);

    /** A stop that waited for open streams would take this long. */
    private static final Duration STREAMS_WAITED_FOR = Duration.ofSeconds(FULL ? 15 : 90);

    private static final Duration STOP_WITHIN = Duration.ofSeconds(FULL ? 5 : 60);

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    @Qualifier("streams")
    private DataSource pool;

    @DynamicPropertySource
    static void bound(DynamicPropertyRegistry properties) {
        properties.add("STREAMS_PER_INSTANCE", () -> STREAMS);
        properties.add("spring.lifecycle.timeout-per-shutdown-phase", () -> STREAMS_WAITED_FOR);
    }

    @Test
    void streams_share_one_statement_and_end_first_at_a_stop() throws Exception {
        String slug = service.putConference(3 * STREAMS, 3_600);
        List<Reply> made = new ArrayList<>();
        while (made.size() < STREAMS) {
            made.addAll(ServiceFixture.atOnce(
                    AT_ONCE, () -> service.register(slug, "seat").expect(201)));
        }
        HttpClient http = HttpClient.newBuilder()
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
        try {
            List<StatusStream> streams = opened(http, made);

            oneMoreIsRefused(slug);
            StatementCounts.of(jdbc).awaitIdle(STATEMENTS_PER_SECOND);
            eventsComeInTime(slug, made, streams);

            assertThat(scanning()).isEmpty();
            WorkPlans.pretendMillionsOfRows(pool);
            assertThat(scanning()).isEmpty();

            // Closed through the framework, because it would hand out a closed context again otherwise.
            TestContext test = new TestContextManager(getClass()).getTestContext();
            long begun = System.nanoTime();
            test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
            Duration stop = since(begun);
            for (StatusStream stream : streams) {
                stream.awaitEnd(SOON);
                assertThat(stream.retry()).isBetween(2_000, 4_000);
            }
            assertThat(streams.stream().map(StatusStream::retry).distinct())
                    .as("random delays")
                    .hasSizeGreaterThan(STREAMS / 2);
            System.out.printf("a stop with %d open streams: %d ms%n", STREAMS, stop.toMillis());
            assertThat(stop).isLessThan(STOP_WITHIN);
        } finally {
            http.shutdownNow();
        }
    }

    /** Opens as many streams at a time as registrants registered at a time. */
    private List<StatusStream> opened(HttpClient http, List<Reply> made) throws InterruptedException {
        List<StatusStream> streams = new ArrayList<>();
        for (int begin = 0; begin < made.size(); begin += AT_ONCE) {
            List<StatusStream> begun = made.subList(begin, begin + AT_ONCE).stream()
                    .map(one -> StatusStream.of(http, service.port(), one.text("id"), one.text("accessToken"), null))
                    .toList();
            for (StatusStream stream : begun) {
                assertThat(stream.next(SOON).status()).isEqualTo("pending-payment");
            }
            streams.addAll(begun);
        }
        return streams;
    }

    private void oneMoreIsRefused(String slug) {
        Reply one = service.register(slug, "seat").expect(201);
        Reply refused = service.get("/api/registrations/" + one.text("id") + "/stream", one.text("accessToken"))
                .expectProblem(503, "unavailable");
        assertThat(refused.raw().headers().firstValue("Retry-After")).isPresent();
    }

    /** Cancels each registration with a stream, while others register at the same pace. */
    private void eventsComeInTime(String slug, List<Reply> made, List<StatusStream> streams) throws Exception {
        List<Future<Duration>> waits = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long pause = 1_000_000_000L / REGISTRATIONS_PER_SECOND;
            long next = System.nanoTime();
            for (int i = 0; i < STREAMS; i++) {
                LockSupport.parkNanos(next - System.nanoTime());
                // After the machine stood still the pace goes on from then, without a rush.
                next = Math.max(next, System.nanoTime() - pause) + pause;
                Reply one = made.get(i);
                StatusStream stream = streams.get(i);
                waits.add(callers.submit(() -> {
                    service.registerForFreedSeat(slug, "seat").expect(201);
                    return cancelled(one, stream);
                }));
            }
        }
        List<Duration> sorted = new ArrayList<>();
        for (Future<Duration> wait : waits) {
            sorted.add(wait.get());
        }
        sorted.sort(null);
        System.out.printf(
                "%d open streams, %d registrations and as many cancellations a second: events after %d ms, %d ms at most%n",
                STREAMS,
                REGISTRATIONS_PER_SECOND,
                sorted.get(STREAMS / 2).toMillis(),
                sorted.getLast().toMillis());
        assertThat(sorted.getLast()).isLessThan(EVENT_WITHIN);
        assertThat(sorted.get(STREAMS / 2)).as("woken by commits").isLessThan(EVENT_USUALLY_WITHIN);
    }

    /** Returns the time from the cancellation's response to its event. */
    private Duration cancelled(Reply one, StatusStream stream) throws InterruptedException {
        service.post("/api/registrations/" + one.text("id") + "/cancellation", one.text("accessToken"), newKey(), null)
                .expect(200);
        long answered = System.nanoTime();
        Event event = stream.next(SOON);
        assertThat(event.status()).isEqualTo("cancelled");
        return Duration.ofNanos(event.at() - answered);
    }

    /** Returns those of the streams' statements that scan a table. */
    private Map<String, String> scanning() throws SQLException {
        return WorkPlans.scanning(pool, List.of(), 2, Set.of());
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
