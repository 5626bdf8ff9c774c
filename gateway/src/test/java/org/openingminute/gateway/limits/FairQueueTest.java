package org.openingminute.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.Rate;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.test.scheduler.VirtualTimeScheduler;

class FairQueueTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** The number of calls that the bot sends before the first client arrives. */
    private static final int BOT_ALONE = 5_000;

    private static final InetSocketAddress LOUD = connection(1);
    private static final InetSocketAddress QUIET = connection(2);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<String> turns = new ArrayList<>();
    private FairQueue queue;

    @BeforeEach
    void two_a_second_and_four_at_once() {
        queue = queue("2/s, 4 at once");
    }

    private FairQueue queue(String rate) {
        TokenBucket.Key key = new TokenBucket.Key("address", "198.51.100.1", Rate.of(rate));
        VirtualClock clock = new VirtualClock(time);
        return new FairQueue(new TokenBucket(key, clock, TokenBucket::drainUnshared), PATIENCE, time, clock);
    }

    private record VirtualClock(VirtualTimeScheduler time) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return time.now(TimeUnit.NANOSECONDS);
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    @Test
    void calls_pass_at_once_while_there_are_tokens() {
        IntStream.range(0, 4).forEach(_ -> ask(LOUD, "loud"));
        assertThat(turns).containsExactly("loud 3", "loud 2", "loud 1", "loud 0");
    }

    @Test
    void one_call_of_each_connection_waits_and_a_second_is_refused_at_once() {
        use(4, LOUD);
        ask(LOUD, "first");
        ask(LOUD, "second");
        assertThat(turns).containsExactly("second refused, again in 1000 ms");
        time.advanceTimeBy(Duration.ofMillis(500));
        assertThat(turns).containsExactly("second refused, again in 1000 ms", "first 0 after waiting");
    }

    @Test
    void the_least_served_connection_goes_first() {
        use(4, LOUD);
        ask(LOUD, "loud");
        ask(QUIET, "quiet");
        ask(connection(3), "third");
        time.advanceTimeBy(Duration.ofMillis(1_000));
        assertThat(turns).containsExactly("quiet 0 after waiting", "third 0 after waiting");
        time.advanceTimeBy(Duration.ofMillis(500));
        assertThat(turns).last().isEqualTo("loud 0 after waiting");
    }

    @Test
    void served_connection_is_refused_until_others_are_served() {
        use(4, LOUD);
        ask(LOUD, "loud");
        time.advanceTimeBy(Duration.ofMillis(400));
        IntStream.range(10, 13).forEach(port -> ask(connection(port), "new"));
        time.advanceTimeBy(Duration.ofMillis(100));
        // A new connection goes first. The loud one follows once each of the four could have had a turn.
        assertThat(turns).containsExactly("new 0 after waiting");
        ask(connection(10), "again");
        assertThat(turns).last().asString().startsWith("again refused");
        time.advanceTimeBy(Duration.ofMillis(1_500));
        assertThat(turns).hasSize(5).last().isEqualTo("loud 0 after waiting");
        ask(connection(10), "again");
        time.advanceTimeBy(Duration.ofMillis(500));
        assertThat(turns).last().isEqualTo("again 0 after waiting");
    }

    @Test
    void turn_comes_nearer_by_calls_of_others_that_need_not_wait() {
        use(4, LOUD);
        ask(QUIET, "quiet");
        ask(connection(3), "third");
        List<Disposable> gone = IntStream.range(10, 18)
                .mapToObj(port -> ask(connection(port), "gone"))
                .toList();
        time.advanceTimeBy(Duration.ofMillis(1_000));
        gone.forEach(Disposable::dispose);
        assertThat(turns).containsExactly("quiet 0 after waiting", "third 0 after waiting");
        // The third connection calls whenever there is a token, the quiet one when there is none.
        for (int token = 0; token < 5; token++) {
            ask(QUIET, "quiet again");
            ask(connection(3), "third again");
            time.advanceTimeBy(Duration.ofMillis(500));
            ask(connection(3), "third again");
        }
        assertThat(turns).contains("quiet again 0 after waiting");
    }

    @Test
    void connection_by_itself_waits_for_each_of_its_calls() {
        use(4, LOUD);
        for (int call = 0; call < 5; call++) {
            ask(LOUD, "call");
            time.advanceTimeBy(Duration.ofMillis(500));
            assertThat(turns).hasSize(call + 1).last().isEqualTo("call 0 after waiting");
        }
    }

    @Test
    void service_count_is_reset_after_a_pause() {
        use(4, LOUD);
        time.advanceTimeBy(Duration.ofSeconds(2));
        use(2, QUIET);
        use(2, LOUD);
        ask(LOUD, "loud");
        ask(QUIET, "quiet");
        time.advanceTimeBy(Duration.ofMillis(500));
        assertThat(turns).containsExactly("loud 0 after waiting");
    }

    @Test
    void the_most_served_gives_way_where_more_wait_than_have_their_turn_in_time() {
        use(4, LOUD);
        ask(LOUD, "loud");
        IntStream.range(10, 19).forEach(port -> ask(connection(port), "new"));
        assertThat(turns).isEmpty();
        ask(QUIET, "quiet");
        assertThat(turns).singleElement().asString().startsWith("loud refused");
        ask(connection(20), "latest");
        assertThat(turns).last().asString().startsWith("latest refused");
    }

    @Test
    void a_call_waits_five_seconds_at_most() {
        use(4, LOUD);
        ask(LOUD, "loud");
        for (int second = 0; second < 6; second++) {
            int port = 10 * (second + 1);
            IntStream.range(port, port + 2).forEach(one -> ask(connection(one), "new"));
            time.advanceTimeBy(Duration.ofSeconds(1));
        }
        assertThat(turns)
                .filteredOn(turn -> turn.startsWith("loud"))
                .singleElement()
                .asString()
                .startsWith("loud refused");
    }

    @Test
    void cancelled_call_costs_no_turn() {
        use(4, LOUD);
        ask(LOUD, "loud");
        Disposable gone = ask(QUIET, "quiet");
        gone.dispose();
        time.advanceTimeBy(Duration.ofMillis(500));
        assertThat(turns).containsExactly("loud 0 after waiting");
    }

    /**
     * The clients of a campus, or a single client, call one after another, while a bot at the same address calls 500 times a second over 64
     * connections. The bot keeps its connections, or opens a new one for each call.
     */
    @ParameterizedTest
    @CsvSource({"true, 200, 3, 15", "false, 200, 3, 15", "true, 1, 10, 30", "false, 1, 10, 30"})
    void clients_are_served_beside_a_bot_of_their_address(
            boolean botKeepsConnections, int clients, int calls, int seconds) {
        queue = queue("50/s, 250 at once");
        int[] sent = {0};
        int[] refused = {0};
        List<Duration> done = new ArrayList<>();
        List<Disposable> held = new ArrayList<>(Collections.nCopies(64, Disposables.disposed()));
        for (int tick = 0; tick < 50 * 500; tick++) {
            if (tick % 25 == 0 && tick < BOT_ALONE + clients * 25 && tick >= BOT_ALONE) {
                client(
                        new InetSocketAddress("198.51.100.1", 10_000 + tick),
                        calls,
                        time.now(TimeUnit.MILLISECONDS),
                        done);
            }
            int slot = tick % 64;
            for (int other = 0;
                    botKeepsConnections && other < 64 && !held.get(slot).isDisposed();
                    other++) {
                slot = (slot + 1) % 64;
            }
            if (!botKeepsConnections || held.get(slot).isDisposed()) {
                held.get(slot).dispose();
                sent[0]++;
                InetSocketAddress bot = connection(botKeepsConnections ? 100 + slot : 20_000 + tick);
                held.set(
                        slot,
                        queue.take(bot, () -> {})
                                .subscribe(turn -> refused[0] += turn instanceof Turn.Refused ? 1 : 0));
            }
            time.advanceTimeBy(Duration.ofMillis(2));
        }
        assertThat(done).hasSize(clients).allMatch(took -> took.compareTo(Duration.ofSeconds(seconds)) < 0);
        if (botKeepsConnections) {
            assertThat(100.0 * refused[0] / sent[0]).isGreaterThan(85);
        }
    }

    /** The bot has more pending calls than the queue holds, each over a connection that it uses once. */
    @Test
    void a_kept_connection_has_its_turns_while_new_ones_fill_the_line() {
        queue = queue("50/s, 250 at once");
        List<Duration> done = new ArrayList<>();
        List<Disposable> held = new ArrayList<>(Collections.nCopies(400, Disposables.disposed()));
        for (int tick = 0; tick < 72 * 500; tick++) {
            if (tick == BOT_ALONE) {
                client(QUIET, 10, time.now(TimeUnit.MILLISECONDS), done);
            }
            int slot = tick % held.size();
            if (held.get(slot).isDisposed()) {
                held.set(slot, queue.take(connection(20_000 + tick), () -> {}).subscribe());
            }
            time.advanceTimeBy(Duration.ofMillis(2));
        }
        assertThat(done).hasSize(1);
    }

    /** Calls sequentially; after a refusal it retries when the advised time has passed. */
    private void client(InetSocketAddress connection, int calls, long since, List<Duration> done) {
        if (calls == 0) {
            done.add(Duration.ofMillis(time.now(TimeUnit.MILLISECONDS) - since));
            return;
        }
        queue.take(connection, () -> {}).subscribe(turn -> {
            switch (turn) {
                case Turn.Granted ignored ->
                    time.schedule(() -> client(connection, calls - 1, since, done), 200, TimeUnit.MILLISECONDS);
                case Turn.Refused(Duration again) ->
                    time.schedule(
                            () -> client(connection, calls, since, done), again.toMillis(), TimeUnit.MILLISECONDS);
            }
        });
    }

    private void use(int tokens, InetSocketAddress connection) {
        IntStream.range(0, tokens).forEach(_ -> queue.take(connection, () -> {}).subscribe());
    }

    private Disposable ask(InetSocketAddress connection, String who) {
        return queue.take(connection, () -> {}).subscribe(turn -> turns.add(who + " " + text(turn)));
    }

    private static String text(Turn turn) {
        return switch (turn) {
            case Turn.Granted(long left, boolean waited) -> left + (waited ? " after waiting" : "");
            case Turn.Refused(Duration retryAfter) -> "refused, again in " + retryAfter.toMillis() + " ms";
        };
    }

    private static InetSocketAddress connection(int port) {
        return new InetSocketAddress("198.51.100.1", port);
    }
}
