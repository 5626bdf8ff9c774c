package org.openingminute.messaging.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.operations.DeadLetter.Replay;
import org.openingminute.messaging.operations.DeadLetter.Rows;
import org.openingminute.messaging.operations.DeadLetters.ReplayResult;

/** Proves, on a real PostgreSQL and a real broker, that a dead letter can be tried in a dry run and is applied once. */
class ReplayIT extends ParkedThings {

    @Test
    void a_replay_applies_it_once_and_is_noted() {
        String key = key();
        UUID deadLetter = park(key, 1);
        things.mended.add(key);

        Replay replay = done(deadLetters.replay(deadLetter, OPERATOR)).replay();

        assertThat(replay).isEqualTo(new Replay(false, "applied", null, null, null));
        assertThat(rowsOf(key)).isEqualTo(1);
        DeadLetter.Whole now = deadLetters.find(deadLetter).orElseThrow();
        assertThat(now.deadLetter().state()).isEqualTo("replayed");
        assertThat(now.acts()).singleElement().satisfies(act -> {
            assertThat(act.who()).isEqualTo("operator");
            assertThat(act.what()).isEqualTo("replay");
            assertThat(act.outcome()).isEqualTo("applied");
        });
        assertThat(deadLetters.replay(deadLetter, OPERATOR)).isInstanceOf(ReplayResult.NotOpen.class);
        assertThat(deadLetters.dryRun(deadLetter, OPERATOR)).isInstanceOf(ReplayResult.NotOpen.class);
        assertThat(deadLetters.discard(deadLetter, OPERATOR, "why")).isInstanceOf(ReplayResult.NotOpen.class);
    }

    @Test
    void a_replay_that_nobody_sees_the_end_of_is_noted_all_the_same() {
        String key = key();
        UUID deadLetter = park(key, 1);
        things.mended.add(key);
        things.deadly.add(key);

        assertThatThrownBy(() -> deadLetters.replay(deadLetter, OPERATOR)).isInstanceOf(OutOfMemoryError.class);

        assertThat(rowsOf(key)).isEqualTo(1);
        assertThat(deadLetters.find(deadLetter).orElseThrow().acts())
                .singleElement()
                .satisfies(act -> {
                    assertThat(act.who()).isEqualTo("operator");
                    assertThat(act.what()).isEqualTo("replay");
                    assertThat(act.outcome()).isEqualTo("begun");
                });
    }

    @Test
    void a_replay_that_fails_stays_open() {
        UUID deadLetter = park(key(), 1);

        Replay replay = done(deadLetters.replay(deadLetter, OPERATOR)).replay();

        assertThat(replay.outcome()).isEqualTo("failed");
        assertThat(replay.reason()).isEqualTo("it is not mended yet (PermanentFailure)");
        DeadLetter.Whole now = deadLetters.find(deadLetter).orElseThrow();
        assertThat(now.deadLetter().state()).isEqualTo("open");
        assertThat(now.acts()).singleElement().satisfies(act -> {
            assertThat(act.outcome()).isEqualTo("failed");
            assertThat(act.detail()).contains("not mended");
        });
        assertThat(done(deadLetters.replay(deadLetter, OPERATOR)).replay().outcome())
                .as("the first replay released its claim")
                .isEqualTo("failed");
    }

    @Test
    void dead_letter_with_applied_successor_is_superseded() {
        String key = key();
        UUID deadLetter = park(key, 1);
        things.mended.add(key);
        send(key, 2);
        await().atMost(SOON).until(() -> rowsOf(key) == 1);

        Replay dry = done(deadLetters.dryRun(deadLetter, OPERATOR)).replay();
        Replay replay = done(deadLetters.replay(deadLetter, OPERATOR)).replay();

        assertThat(dry).isEqualTo(new Replay(true, "superseded", null, List.of(), List.of()));
        assertThat(replay.outcome()).isEqualTo("superseded");
        assertThat(rowsOf(key)).isEqualTo(1);
        assertThat(deadLetters.find(deadLetter).orElseThrow().deadLetter().state())
                .isEqualTo("replayed");
    }

    @Test
    void dead_letter_with_concurrent_successor_is_superseded() throws Exception {
        String key = key();
        UUID deadLetter = park(key, 1);
        things.mended.add(key);
        CountDownLatch goOn = new CountDownLatch(1);
        things.waitFor.put(key, goOn);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ReplayResult<DeadLetter.Replayed>> replay =
                    threads.submit(() -> deadLetters.replay(deadLetter, OPERATOR));
            await().atMost(SOON).until(() -> things.asked.getOrDefault(key, 0) == 2);
            jdbc.sql("insert into inbox (topic, message_key, sequence) values (?, ?, 2)")
                    .param(TOPIC)
                    .param(key)
                    .update();
            goOn.countDown();
            assertThat(done(replay.get()).replay().outcome()).isEqualTo("superseded");
        }
        assertThat(rowsOf(key)).isZero();
    }

    @Test
    void dry_run_reports_rows_and_messages_and_keeps_none() {
        String key = key();
        UUID deadLetter = park(key, 1);
        Map<String, Long> before = everything();
        Replay failed = done(deadLetters.dryRun(deadLetter, OPERATOR)).replay();
        things.mended.add(key);

        Replay replay = done(deadLetters.dryRun(deadLetter, OPERATOR)).replay();

        assertThat(failed.outcome()).isEqualTo("failed");
        assertThat(replay.outcome()).isEqualTo("applied");
        assertThat(replay.tables())
                .containsExactly(new Rows("inbox", 1, 0, 0), new Rows("outbox", 1, 0, 0), new Rows("thing", 2, 1, 1));
        assertThat(replay.messages()).singleElement().satisfies(message -> {
            assertThat(message.topic()).isEqualTo(OUTGOING);
            assertThat(message.type()).isEqualTo("thing.done.v1");
            assertThat(message.key()).isEqualTo(key);
            assertThat(String.valueOf(message.body())).isEqualTo("{\"id\":\"" + key + "\",\"by\":\"•••\"}");
        });
        assertThat(everything()).isEqualTo(before);
        DeadLetter.Whole now = deadLetters.find(deadLetter).orElseThrow();
        assertThat(now.deadLetter().state()).isEqualTo("open");
        assertThat(now.acts().stream().map(act -> act.what() + " " + act.outcome()))
                .containsExactly("dry-run failed", "dry-run applied");
    }

    @Test
    void two_replays_at_once_do_it_once() throws Exception {
        String key = key();
        UUID deadLetter = park(key, 1);
        things.mended.add(key);
        CountDownLatch goOn = new CountDownLatch(1);
        things.waitFor.put(key, goOn);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ReplayResult<DeadLetter.Replayed>> first =
                    threads.submit(() -> deadLetters.replay(deadLetter, OPERATOR));
            await().atMost(SOON).until(() -> things.asked.getOrDefault(key, 0) == 2);
            assertThat(deadLetters.replay(deadLetter, OPERATOR)).isInstanceOf(ReplayResult.NotOpen.class);
            assertThat(deadLetters.discard(deadLetter, OPERATOR, "why")).isInstanceOf(ReplayResult.NotOpen.class);
            goOn.countDown();
            assertThat(done(first.get()).replay().outcome()).isEqualTo("applied");
        }
        assertThat(things.asked.get(key)).as("by the poll and by one replay").isEqualTo(2);
        assertThat(rowsOf(key)).isEqualTo(1);
    }

    @Test
    void a_claim_of_an_instance_that_died_ends_by_itself() {
        String key = key();
        UUID deadLetter = park(key, 1);
        things.mended.add(key);
        jdbc.sql("update parked_message set claimed_until = clock_timestamp() - interval '1 second' where id = ?")
                .param(deadLetter)
                .update();

        assertThat(done(deadLetters.replay(deadLetter, OPERATOR)).replay().outcome())
                .isEqualTo("applied");
    }

    @SuppressWarnings("unchecked")
    private static DeadLetter.Replayed done(ReplayResult<DeadLetter.Replayed> answer) {
        assertThat(answer).isInstanceOf(ReplayResult.Done.class);
        return ((ReplayResult.Done<DeadLetter.Replayed>) answer).now();
    }

    /** The number of rows in each table that a dry run must not change. */
    private Map<String, Long> everything() {
        Map<String, Long> rows = new ConcurrentHashMap<>();
        for (String table : List.of("thing", "inbox", "outbox", "command_done", "parked_message")) {
            rows.put(
                    table,
                    jdbc.sql("select count(*) from " + table).query(Long.class).single());
        }
        return rows;
    }
}
