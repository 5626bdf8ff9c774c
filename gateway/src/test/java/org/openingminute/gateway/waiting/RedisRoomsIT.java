package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Sale;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.gateway.room.WaitingRoom.Mode;
import org.openingminute.gateway.room.WaitingRoom.Reported;
import org.openingminute.gateway.room.WaitingRoom.State;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.testing.FreePort;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import redis.embedded.RedisServer;

/** Proves that two gateways keep one set of waiting rooms in a real Redis, and continue when it is emptied, set back or unavailable. */
@ExtendWith(OutputCaptureExtension.class)
class RedisRoomsIT {

    private static final String CONFERENCE = PlayedGateway.CONFERENCE;
    private static final long OPENED = 1_770_051_600;
    private static final Reported ON =
            new Reported(new Sale(Sale.State.OPEN, 1000, 1, OptionalDouble.empty()), Mode.ON, null, 0, null);

    /** Longer than a machine stands still. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Outlasts each test, also where the machine stands still for a while. */
    private static final Duration LONG_LEASE = Duration.ofMinutes(10);

    /** The clock of whole gateways: the time in which the machine stands still is no time without answers. */
    private final Clock steady = new SteadyTime().withZone(ZoneOffset.UTC);

    private final List<RedisRooms> gateways = new ArrayList<>();
    private final List<PlayedGateway> whole = new ArrayList<>();
    private int port;
    private RedisServer redis;
    private RedisRooms one;
    private RedisRooms other;

    @BeforeEach
    void startRedis() throws IOException {
        port = FreePort.draw();
        redis = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
        one = gateway("one");
        other = gateway("other");
        // The first connection of this process may take long.
        await().ignoreExceptions().until(this::areConnected);
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private boolean areConnected() {
        return one.conferences().isEmpty() && other.conferences().isEmpty();
    }

    @AfterEach
    void stopAll() throws IOException {
        whole.forEach(PlayedGateway::close);
        gateways.forEach(RedisRooms::close);
        redis.stop();
    }

    private PlayedGateway wholeGateway() {
        return wholeGateway(RedisRooms.LEASE_TIME);
    }

    private PlayedGateway wholeGateway(Duration lease) {
        RedisRooms rooms = new RedisRooms(url(), UUID.randomUUID().toString(), steady, PATIENCE, lease);
        PlayedGateway gateway = new PlayedGateway(TestSettings.sharing(url()), rooms, steady);
        whole.add(gateway);
        return gateway;
    }

    /** A time of which at most a second passes from one reading to the next, so that it stands still while the machine does. */
    private static final class SteadyTime implements InstantSource {

        private static final Duration MOST = Duration.ofSeconds(1);

        private Instant now = Instant.now();
        private long readAt = System.nanoTime();

        @Override
        public synchronized Instant instant() {
            long nanos = System.nanoTime();
            now = now.plusNanos(Math.min(nanos - readAt, MOST.toNanos()));
            readAt = nanos;
            return now;
        }
    }

    private String url() {
        return "redis://127.0.0.1:" + port;
    }

    private RedisRooms gateway(String id) {
        return gateway(id, Clock.systemUTC());
    }

    private RedisRooms gateway(String id, Clock clock) {
        return gateway(id, clock, LONG_LEASE);
    }

    private RedisRooms gateway(String id, Clock clock, Duration lease) {
        RedisRooms rooms = new RedisRooms(url(), id, clock, PATIENCE, lease);
        gateways.add(rooms);
        return rooms;
    }

    @Test
    void one_gateway_moves_the_lines() {
        assertThat(one.isMover(true)).isTrue();
        assertThat(other.isMover(true)).isFalse();
        assertThat(one.isMover(true)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void another_gateway_moves_the_lines_once_the_first_is_gone(boolean isAnswered) {
        RedisRooms gone = gateway("gone", Clock.systemUTC(), RedisRooms.LEASE_TIME);
        assertThat(gone.isMover(true)).isTrue();
        await().until(() -> other.isMover(isAnswered));
        assertThat(gone.isMover(isAnswered)).isFalse();
    }

    @Test
    void gateway_without_answers_moves_the_lines_until_there_is_one_with_answers() {
        assertThat(one.isMover(true)).isTrue();
        assertThat(one.isMover(false)).isTrue();
        assertThat(other.isMover(false)).isFalse();
        assertThat(other.isMover(true)).isTrue();
        assertThat(one.isMover(true)).isFalse();
        assertThat(other.isMover(false)).isTrue();
        assertThat(other.isMover(true)).isTrue();
        assertThat(one.isMover(true)).as("other is answered again").isFalse();
    }

    @Test
    void line_moves_on_where_the_gateway_that_moved_it_alone_gets_no_answer() {
        // The lease goes over for want of answers alone.
        PlayedGateway mover = wholeGateway(LONG_LEASE);
        await().until(() -> mover.isShown(State.ON));
        PlayedGateway answered = wholeGateway(LONG_LEASE);
        await().until(() -> answered.isShown(State.ON));
        mover.give(200);
        await().until(() -> answered.called() > 3);
        assertThat(answered.isMover()).isFalse();

        mover.isAnswered(false);
        Set<State> shown = EnumSet.noneOf(State.class);
        await().until(() -> {
            shown.add(answered.room().copy().state());
            shown.add(mover.room().copy().state());
            return answered.isMover();
        });
        long called = answered.called();
        await().until(() -> {
            shown.add(answered.room().copy().state());
            shown.add(mover.room().copy().state());
            return mover.called() > called + 20;
        });
        assertThat(shown).containsExactly(State.ON);
        assertThat(mover.isMover()).isFalse();
    }

    @Test
    void rooms_are_moved_though_no_gateway_gets_an_answer() {
        PlayedGateway mover = wholeGateway();
        await().until(() -> mover.isShown(State.ON));
        PlayedGateway other = wholeGateway();
        await().until(() -> other.isShown(State.ON));
        mover.give(200);
        await().until(() -> other.called() > 3);

        other.isAnswered(false);
        mover.isAnswered(false);
        await().until(() -> other.isShown(State.PAUSED) && mover.isShown(State.PAUSED));
        PlayedGateway moving = mover.isMover() ? mover : other;
        PlayedGateway last = moving == mover ? other : mover;
        moving.close();
        await().until(last::isMover);
        long moved = last.room().copy().second();
        await().until(() -> last.room().copy().second() > moved);
        assertThat(last.isShown(State.PAUSED)).isTrue();

        last.isAnswered(true);
        long called = last.called();
        await().until(() -> last.called() > called + 20);
    }

    @Test
    void used_admission_counts_where_another_gateway_has_moved_the_line_in_that_second() {
        one.begin(CONFERENCE, WaitingRoom.unknown(ON, 50, steady.instant().getEpochSecond() + 3), 0);
        PlayedGateway gateway = wholeGateway();
        await().until(() -> gateway.isShown(State.ON));
        assertThat(gateway.room().copy().figures().used()).isOne();
    }

    @Test
    void clock_that_differs_by_over_half_a_second_is_told_at_once_and_when_it_is_right_again(CapturedOutput output) {
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ofMillis(-200));
        InstantSource shifted = () -> Instant.now().plus(ahead.get());
        RedisRooms odd = gateway("odd", shifted.withZone(ZoneOffset.UTC));
        odd.isMover(true);
        assertThat(one.isMover(true)).isFalse();
        assertThat(output).doesNotContain("Redis's");
        ahead.set(Duration.ofSeconds(-2));
        odd.isMover(true);
        assertThat(output.getAll().lines().filter(line -> line.contains("from Redis's")))
                .singleElement()
                .asString()
                .contains("WARN")
                // The reported offset is smaller by the time that Redis took to answer.
                .containsPattern("clock is (1\\d|20)\\d\\d ms from Redis's: waiting rooms need one within 500 ms");
        ahead.set(Duration.ofSeconds(2));
        odd.isMover(true);
        odd.isMover(true);
        assertThat(output.getAll().split("from Redis's", -1)).as("one line").hasSize(2);
        ahead.set(Duration.ZERO);
        odd.isMover(true);
        assertThat(output).contains("The clock is within 500 ms of Redis's again");
    }

    @Test
    void no_number_is_given_twice_and_none_without_a_counter() {
        one.isMover(true);
        other.isMover(true);
        StepVerifier.create(one.take(CONFERENCE, 0)).verifyError(Problem.class);
        one.begin(CONFERENCE, room(), 0);
        List<Long> taken = Flux.merge(
                        Flux.range(0, 500).flatMap(_ -> one.take(CONFERENCE, 0)),
                        Flux.range(0, 500).flatMap(_ -> other.take(CONFERENCE, 0)))
                .collectList()
                .block();
        assertThat(new TreeSet<>(taken)).hasSize(1000).first().isEqualTo(0L);
        redis("flushall");
        StepVerifier.create(other.take(CONFERENCE, 0)).verifyError(Problem.class);
        assertThat(other.read(CONFERENCE)).isEqualTo(new RoomStore.StoredRoom(null, null, List.of()));
    }

    @Test
    void room_that_was_lost_is_brought_back_once() {
        one.isMover(true);
        other.isMover(true);
        one.begin(CONFERENCE, room(), 0);
        IntStream.range(0, 5).forEach(_ -> one.take(CONFERENCE, 0).block());
        WaitingRoom copy = room().next(ON, List.of(), 5, OPENED + 1, () -> "seed");
        redis("flushall");
        WaitingRoom back = copy.renumbered(5);
        assertThat(other.begin(CONFERENCE, back, 5)).isTrue();
        assertThat(one.begin(CONFERENCE, copy.renumbered(7), 5)).isFalse();
        assertThat(one.take(CONFERENCE, 0).block()).isEqualTo(10_005);
        // Also sets back the counter, as a restored snapshot would.
        redis("set", "waiting-room:" + CONFERENCE + ":next", "3");
        StepVerifier.create(one.take(CONFERENCE, 10_006)).verifyError(Problem.class);
        one.begin(CONFERENCE, back.renumbered(10_006), 10_006);
        assertThat(other.take(CONFERENCE, 0).block()).isEqualTo(20_006);
        assertThat(other.conferences()).containsExactly(CONFERENCE);
    }

    @Test
    void counts_are_stored_until_saved_in_the_room() {
        assertThat(one.isMover(true)).isTrue();
        other.isMover(true);
        one.begin(CONFERENCE, room(), 0);
        Counted first = new Counted(List.of(new Counted.Entry(Count.ARRIVED, OPENED, 3)), Map.of(2, 1), OPENED);
        Counted second = new Counted(List.of(new Counted.Entry(Count.CAME, OPENED, 1)), Map.of(), 0);
        one.add(CONFERENCE, first);
        RoomStore.StoredRoom kept = one.read(CONFERENCE);
        other.add(CONFERENCE, second);
        other.add(CONFERENCE, new Counted(List.of(), Map.of(), 0));
        assertThat(kept.counted()).containsExactly(first);
        RoomStore.StoredRoom copy = other.copy(CONFERENCE);
        assertThat(copy.counted()).isEmpty();
        assertThat(copy.next()).isEqualTo(kept.next());
        assertThat(copy.room().id()).isEqualTo(kept.room().id());
        WaitingRoom moved = kept.room().next(ON, kept.counted(), kept.next(), OPENED + 1, () -> "seed");
        // It has lost the lease, or never held it.
        assertThat(other.save(CONFERENCE, moved, kept)).isFalse();
        assertThat(one.read(CONFERENCE).counted()).containsExactly(first, second);
        assertThat(one.isMover(true)).isTrue();
        assertThat(one.save(CONFERENCE, moved, kept)).isTrue();
        assertThat(other.read(CONFERENCE).counted()).containsExactly(second);
        assertThat(other.read(CONFERENCE).room().second()).isEqualTo(OPENED + 1);
    }

    @Test
    void no_number_is_given_while_redis_is_away_and_all_goes_on_after() throws IOException {
        one.isMover(true);
        one.begin(CONFERENCE, room(), 0);
        redis.stop();
        StepVerifier.create(one.take(CONFERENCE, 0)).verifyError(Problem.class);
        redis.start();
        await().ignoreExceptions().until(() -> one.isMover(true));
        one.begin(CONFERENCE, room().renumbered(1), 1);
        assertThat(one.take(CONFERENCE, 0).block()).isEqualTo(10_001);
    }

    private static WaitingRoom room() {
        return WaitingRoom.unknown(ON, 50, OPENED);
    }

    private void redis(String... command) {
        try (RedisClient client = RedisClient.create(url());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            if (command[0].equals("flushall")) {
                connection.sync().flushall();
            } else {
                connection.sync().set(command[1], command[2]);
            }
        }
    }
}
