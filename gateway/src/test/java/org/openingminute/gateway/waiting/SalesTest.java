package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.ops.ServiceProbe.ProbeResult;
import org.openingminute.gateway.ops.ServiceProbe.Question;
import org.openingminute.gateway.problem.RehearsalClock;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Proves how a gateway combines the reports of several instances of registration-service, and what it sends them. */
class SalesTest {

    private static final String CONFERENCE = "mlsys-2026";
    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00.100Z");
    private static final long SECOND = NOW.getEpochSecond();

    private final List<ProbeResult> answers = new ArrayList<>();
    private final List<Question> questions = new ArrayList<>();
    private volatile long askedAt;
    private volatile Instant now = NOW;
    /** How long the gateway waits for the slower instance. */
    private Duration late = Duration.ZERO;

    private final RehearsalClock rehearsal =
            new RehearsalClock(TestSettings.of(GatewaySettings.Mode.REHEARSAL), Clock.fixed(NOW, ZoneOffset.UTC));
    private final Sales sales = new Sales(
            question -> {
                questions.add(question);
                return Flux.defer(() -> {
                    askedAt = System.nanoTime();
                    return Flux.fromIterable(List.copyOf(answers))
                            .concatWith(Mono.fromRunnable(() -> now = now.plus(late)));
                });
            },
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC),
            rehearsal);

    @Test
    void instance_whose_answer_is_late_keeps_its_share() {
        answers.add(answer("one", 12, 30));
        answers.add(answer("other", 9, 700));
        ask();
        ask();
        sales.push(rooms());
        answers.removeFirst();
        ask();
        ask();
        answers.clear();
        assertThatIllegalStateException().isThrownBy(this::ask);
        answers.add(answer("one", 12, 30));
        ask();

        assertThat(instancesTold()).containsExactly(1, 2, 2, 2, 2, 2, 2);
        assertThat(questions)
                .extracting(question ->
                        question.body().get("rooms").get(0).get("capacity").asDouble())
                .as("the stored capacity")
                .containsOnly(20.0);
    }

    @Test
    void instance_that_is_gone_gives_its_share_back() {
        answers.add(answer("one", 12, 30));
        answers.add(answer("other", 9, 700));
        ask();
        answers.removeFirst();
        for (int i = 0; i < 20; i++) {
            ask();
        }
        assertThat(instancesTold()).endsWith(2, 2);
        ask();
        assertThat(instancesTold()).endsWith(2, 1);
        assertThat(questions.getLast().body().get("learnt").propertyNames()).containsExactly("other");
    }

    @Test
    void instances_that_are_all_silent_keep_their_shares() {
        answers.add(answer("one", 12, 30));
        answers.add(answer("other", 9, 700));
        ask();
        answers.clear();
        for (int i = 0; i < 21; i++) {
            assertThatIllegalStateException().isThrownBy(this::ask);
        }
        answers.add(answer("other", 9, 700));
        ask();
        ask();
        assertThat(instancesTold()).endsWith(2, 2);
    }

    private List<Integer> instancesTold() {
        return questions.stream()
                .map(question -> question.body().get("instances").asInt())
                .toList();
    }

    @Test
    void counts_of_all_instances_are_summed() {
        answers.add(answer("one", 12, 30));
        answers.add(answer("other", 9, 700));
        Sales.SaleReport told = sales.ask(rooms(), true, SECOND).get(CONFERENCE);

        assertThat(told.counted())
                .containsExactlyInAnyOrder(
                        new Counted.Entry(Count.DECIDED, SECOND - 1, 12),
                        new Counted.Entry(Count.DECIDED, SECOND - 1, 9),
                        new Counted.Entry(Count.WAIT_MILLIS, SECOND - 1, 30),
                        new Counted.Entry(Count.WAIT_MILLIS, SECOND - 1, 700));
        assertThat(told.reported().sale().seatsLeft()).isEqualTo(12);
    }

    @Test
    void business_time_is_that_of_the_moment_in_which_the_answer_arrived() {
        late = Duration.ofMillis(800);
        answers.add(answer("one", 12, 30));
        assertThat(sales.ask(rooms(), true, SECOND).get(CONFERENCE).reported().ahead())
                .isZero();
    }

    @Test
    void newest_answer_tells_the_time_of_a_rehearsal() {
        answers.add(answer("one", 12, 30));
        answers.add(answer("other", 90_000, 30));
        assertThat(rehearsal.minute()).isEmpty();
        ask();
        assertThat(rehearsal.minute()).contains(NOW.plusSeconds(90).truncatedTo(ChronoUnit.MINUTES));
    }

    @Test
    void instance_is_asked_once_its_clock_has_begun_the_second_too() {
        answers.add(answer("one", 12, 30));
        long began = System.nanoTime();
        ask();
        assertThat(Duration.ofNanos(askedAt - began)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    private void ask() {
        sales.ask(rooms(), true, SECOND);
    }

    private static List<Sales.OpenRoom> rooms() {
        return List.of(new Sales.OpenRoom(CONFERENCE, 5, 20, true, null));
    }

    /** @param decided also the number of seats left and the delay of the report's time, in milliseconds */
    private static ProbeResult answer(String instance, int decided, int waitMillis) {
        return new ProbeResult(HttpStatus.OK, (ObjectNode) JsonMapper.shared()
                .readTree("""
                {"now": "%s", "instance": "%s", "sales": [{"conference": "%s", "state": "open", "seatsLeft": %d, "seatsPerRegistration": 1.2,
                 "decided": [%d, 0], "refused": 0, "longestWaitMillis": %d, "mode": "on"}]}
                """.formatted(NOW.plusMillis(decided), instance, CONFERENCE, decided, decided, waitMillis)));
    }
}
