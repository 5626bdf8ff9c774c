package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.OtherGateway;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.load.KeepAlive;

/**
 * Proves, with real processes, the promises of the waiting room at openings for 20,000 people. Two gateways share their rooms through a
 * real Redis.
 */
@Tag("measured")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 4, unit = TimeUnit.HOURS)
@EnabledIfSystemProperty(named = "proofs", matches = "full", disabledReason = "takes hours")
class FullOpeningIT {

    private static final int VISITORS = 20_000;
    private static final double LEAVING = 0.3;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double REGISTERING = 0.75;
    private static final Duration FORM = Duration.ofSeconds(90);
    private static final int PER_SECOND = 16;
    /** The share of the capacity that the mode {@code auto} aims at. */
    private static final double AUTO_OF_CAPACITY = 0.8;

    private static final int PLENTY = 500_000;
    private static final long SEED = 20_260_202;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** The first minute, counted from 0, whose rate is settled. */
    private static final int SETTLED = 3;

    private static final int POLLS_A_SECOND = 2 * 200;
    private static final Duration STEADY = Duration.ofHours(1);
    /** The share of the capacity that registers before the rush; it opens no room. */
    private static final double STEADY_BEFORE = 0.7;
    /** With a larger share the line would not end within the hour, because the room admits 0.8 of the capacity. */
    private static final double STEADY_AFTER = 0.5;

    private static final Duration UNTIL_ALL_ARE_GONE = Duration.ofMinutes(45);

    private final Redis redis = new Redis();
    private final Running running = Running.start(Map.of("REDIS_URL", redis.url()));
    private final LocalSystem system = running.system();
    private final SystemInside inside = new SystemInside(system.settings());
    private final OtherGateway other = new OtherGateway(system.settings());
    private final List<Integer> ports = List.of(URI.create(running.url()).getPort(), other.port());

    FullOpeningIT() throws IOException, InterruptedException {}

    @AfterAll
    void stop() throws Exception {
        other.close();
        running.close();
        redis.close();
    }

    @Test
    void line_moves_as_wanted_whatever_is_lost_meanwhile() throws Exception {
        Room room = room(PLENTY);
        room.on(PER_SECOND);
        try (FrontDoor door = new FrontDoor(ports);
                Watch watch = watch(room);
                Visitors visitors =
                        new Visitors(door, watch, room.slug, crowd(0, 30).plans(SEED))) {
            List<Outcome.Loss> losses = new ArrayList<>();
            awaitAdmitted(visitors, VISITORS / 6);
            long pid = system.pid("gateway");
            losses.add(Outcome.Loss.now());
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().atMost(PATIENCE).until(() -> system.pid("gateway") != 0 && system.pid("gateway") != pid);
            system.start("gateway"); // Waits until it is ready.
            door.reconnect(0);
            awaitAdmitted(visitors, VISITORS / 3);
            losses.add(Outcome.Loss.now());
            redis.empty();
            awaitAdmitted(visitors, VISITORS / 2);
            long slowed = System.nanoTime();
            slowed(room, 7);
            TimeUnit.SECONDS.sleep(30);
            slowed(room, Double.POSITIVE_INFINITY);
            visitors.awaitEnd(UNTIL_ALL_ARE_GONE);

            Outcome outcome = new Outcome("losses", visitors, watch, door, room, losses);
            outcome.print();
            assertThat(watch.longestStall().seconds()).isLessThan(10);
            List<Double> used = usedOverWanted(visitors, watch);
            assertThat(used).hasSizeGreaterThan(VISITORS / 40 / 60);
            int slow = (int) ((slowed - visitors.opened()) / MINUTE) - SETTLED;
            for (int minute = 0; minute < used.size(); minute++) {
                boolean isSlowed = minute >= slow && minute <= slow + 2;
                assertThat(used.get(minute))
                        .as("used over wanted in minute %d", minute + SETTLED + 1)
                        .isBetween(isSlowed ? 0.5 : 0.9, isSlowed ? 1.25 : 1.1);
            }
            assertThat(door.mostPolls()).isLessThan((long) (1.25 * POLLS_A_SECOND));
            assertThat(outcome.report().path("estimatesKept").asDouble()).isGreaterThan(0.5);
            outcome.assertInOrder();
            outcome.assertNobodyLost();
            outcome.assertReported();
        }
        room.off();
    }

    @Test
    void few_seats_are_tried_for_by_few_more_people() throws Exception {
        Room room = room(500);
        room.on(PER_SECOND);
        try (FrontDoor door = new FrontDoor(ports);
                Watch watch = watch(room);
                Visitors visitors = new Visitors(door, watch, room.slug, groups().plans(SEED))) {
            visitors.awaitEnd(UNTIL_ALL_ARE_GONE);
            Outcome outcome = new Outcome("500 seats", visitors, watch, door, room, List.of());
            outcome.print();
            outcome.assertInOrder();
            outcome.assertNobodyLost();
            assertThat(visitors.seats()).isEqualTo(500 - room.takenBefore());
            assertThat(outcome.report().path("admitted").asInt()).isBetween(250, 800);
        }
    }

    @Test
    void places_that_nobody_comes_for_do_not_stall_the_line() throws Exception {
        Room room = room(PLENTY);
        room.on(PER_SECOND);
        try (FrontDoor door = new FrontDoor(ports);
                Watch watch = watch(room);
                Visitors visitors =
                        new Visitors(door, watch, room.slug, crowd(100_000, 240).plans(SEED))) {
            visitors.awaitEnd(UNTIL_ALL_ARE_GONE);
            Outcome outcome = new Outcome("100,000 silent places", visitors, watch, door, room, List.of());
            outcome.print();
            assertThat(usedOverWanted(visitors, watch)).isNotEmpty().allMatch(used -> used > 0.6 && used < 1.25);
            outcome.assertInOrder();
            outcome.assertNobodyLost();
            outcome.assertReported();
        }
    }

    @Test
    void room_opens_by_itself_for_a_rush_between_two_steady_hours() throws Exception {
        double capacity = PER_SECOND / AUTO_OF_CAPACITY;
        String slug = ApiClient.newSlug("auto");
        execute("insert into waiting_room (conference, capacity) values ('%s', %s)".formatted(slug, capacity));
        Room room = new Room(running.api(), slug, PLENTY);
        slowed(room, capacity);
        room.set("auto", null);
        awaitKnown(room);
        List<Crowd.Plan> plans = crowd(0, 30)
                .plansWithin(
                        STEADY_BEFORE * capacity / REGISTERING, STEADY_AFTER * capacity / REGISTERING, STEADY, SEED);
        try (FrontDoor door = new FrontDoor(ports);
                Watch watch = watch(room);
                Visitors visitors = new Visitors(door, watch, room.slug, plans)) {
            visitors.awaitEnd(UNTIL_ALL_ARE_GONE);
            Outcome outcome = new Outcome("auto", visitors, watch, door, room, List.of());
            outcome.print();
            long rush = visitors.opened() + STEADY.toNanos();
            List<Long> byChance =
                    watch.openings().stream().filter(at -> at < rush).toList();
            // Within ten seconds of a steady hour, people may come at more than 0.9 of the capacity by chance.
            assertThat(byChance).hasSizeLessThanOrEqualTo(1);
            assertThat(watch.openings()).hasSize(byChance.size() + 1);
            assertThat(watch.openings().getLast()).isBetween(rush, rush + TimeUnit.SECONDS.toNanos(15));
            assertThat(room.state()).isEqualTo("off");
            outcome.assertInOrder();
            outcome.assertNobodyLost();
            assertThat(usedOver(watch::target, (int) STEADY.toMinutes() + SETTLED, visitors, watch))
                    .isNotEmpty()
                    .allMatch(used -> used > 0.9 && used < 1.1);
        }
        slowed(room, Double.POSITIVE_INFINITY);
    }

    private Room room(int seats) {
        return new Room(running.api(), ApiClient.newSlug("full"), seats);
    }

    /** A gateway learns of a new conference with its next poll, and answers 404 until then. */
    private void awaitKnown(Room room) {
        String path = "GET /api/waiting-room/" + room.slug + " HTTP/1.1\r\n";
        for (int port : ports) {
            try (KeepAlive gateway = new KeepAlive(port)) {
                await().until(() -> gateway.send(path, null).status() == 200);
            }
        }
    }

    private static Crowd crowd(int silentPlaces, int rushSeconds) {
        return new Crowd(
                VISITORS, silentPlaces, Duration.ofSeconds(rushSeconds), LEAVING, PATIENCE, REGISTERING, false, FORM);
    }

    private static Crowd groups() {
        return new Crowd(VISITORS, 0, Duration.ofSeconds(30), LEAVING, PATIENCE, REGISTERING, true, FORM);
    }

    /** Watches the gateway that is not killed. */
    private Watch watch(Room room) {
        return new Watch(room.slug, other.port(), other.managementPort(), inside.registrationPort());
    }

    private static void awaitAdmitted(Visitors visitors, int people) {
        await().atMost(UNTIL_ALL_ARE_GONE).until(() -> visitors.admittedSoFar() >= people);
    }

    private static List<Double> usedOverWanted(Visitors visitors, Watch watch) {
        return usedOver((_, _) -> PER_SECOND, SETTLED, visitors, watch);
    }

    /**
     * The registrations divided by the target, per minute, while people wait.
     *
     * @param perSecond the target between two instants
     */
    private static List<Double> usedOver(
            ToDoubleBiFunction<Long, Long> perSecond, int firstMinute, Visitors visitors, Watch watch) {
        int[] registered = visitors.registeredByMinute();
        return IntStream.range(firstMinute, registered.length)
                .takeWhile(minute -> watch.isFull(visitors.startOfMinute(minute), visitors.startOfMinute(minute + 1)))
                .mapToObj(minute -> registered[minute]
                        / 60.0
                        / perSecond.applyAsDouble(visitors.startOfMinute(minute), visitors.startOfMinute(minute + 1)))
                .toList();
    }

    /** Slows registration-service down to this many registrations of the sale per second. */
    private void slowed(Room room, double perSecond) throws SQLException {
        execute("drop trigger if exists slowed on registration");
        if (Double.isFinite(perSecond)) {
            execute("""
                    create or replace function slowed() returns trigger language plpgsql as
                    $$ begin perform pg_sleep(tg_argv[0]::double precision); return new; end $$
                    """);
            execute("""
                    create trigger slowed before insert on registration for each row
                    when (new.conference = '%s') execute function slowed('%s')
                    """.formatted(room.slug, 1 / perSecond));
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        inside.databaseUrl("registration"), "postgres", inside.superuserPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
