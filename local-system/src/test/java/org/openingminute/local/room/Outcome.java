package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import tools.jackson.databind.JsonNode;

/** How an opening went, once all visitors are gone: what they saw, and what the organiser is told. */
final class Outcome {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static final Duration TOLD = Duration.ofSeconds(5);
    private static final int LONGEST_WAIT_MILLIS = 2_000;
    private static final int LONGEST_AT_THE_DOOR = 75;

    private final String name;
    private final Visitors visitors;
    private final Watch watch;
    private final FrontDoor door;
    private final List<Loss> losses;
    private final JsonNode report;
    private final long registered;
    private final long used;

    /**
     * A gateway was killed, or Redis emptied, and what gateways counted since it was kept last is lost. They keep it each second, once
     * registration-service has answered, which on a busy machine takes its time.
     *
     * @param kept up to when everything counted was kept, by {@link System#nanoTime}
     * @param over before what is counted from then on can be seen
     */
    record Loss(long kept, long over) {

        /** Where that cannot be seen: what is counted in a second is kept in the next one, and seen a little later. */
        static Loss now() {
            return new Loss(System.nanoTime() - 3 * SECOND, System.nanoTime() + 3 * SECOND);
        }

        boolean covers(long moment) {
            return kept <= moment && moment < over;
        }

        /** What registration-service told last, of the second before, it tells the next gateway again. */
        boolean mayBeToldTwice(long moment) {
            return kept - 5 * SECOND / 2 < moment && moment < over;
        }
    }

    Outcome(String name, Visitors visitors, Watch watch, FrontDoor door, Room room, List<Loss> losses) {
        this.name = name;
        this.visitors = visitors;
        this.watch = watch;
        this.door = door;
        this.losses = losses;
        registered = visitors.count(visitor -> visitor.registered != 0);
        used = registered - lost(visitor -> visitor.registered);
        // A room that is closed reports those whom it admitted, and not who registered later.
        report = await().atMost(TOLD)
                .until(
                        room::report,
                        told -> told.hasNonNull("closedAt") || told.path("used").asLong() >= used);
    }

    void print() {
        Watch.Stall stall = watch.longestStall();
        System.out.printf(
                Locale.ROOT,
                "waiting room, %s: %s; waited %.1f s in the middle; registered by minutes %s; longest wait in the queue %d ms,"
                        + " at the door %.1f s; stalled %.1f s from second %.0f on; polls a second %d at most; answers cut off %d; report %s%n",
                name,
                visitors.ends(),
                visitors.seconds(0.5, Visitor::waited),
                Arrays.toString(visitors.registeredByMinute()),
                watch.longestWaitMillis(),
                visitors.seconds(1, visitor -> visitor.atTheDoor),
                stall.seconds(),
                Math.max(0, stall.from() - visitors.opened()) / 1e9,
                door.mostPolls(),
                door.cutOff().size(),
                report);
    }

    void assertInOrder() {
        assertThat(visitors.inversions())
                .as("numbers above those of later ones")
                .isZero();
        assertThat(visitors.overtaking()).as("people who were overtaken").isZero();
        assertThat(visitors.stream().map(visitor -> visitor.number)).doesNotHaveDuplicates();
        assertThat(report.path("inversions").asLong()).isZero();
    }

    /** Who waits is admitted, who pays is confirmed, and nobody waits long behind the door. */
    void assertNobodyLost() {
        assertThat(visitors.ends()).doesNotContainKey(Visitor.End.MISSED);
        assertThat(visitors.count(
                        visitor -> visitor.end == Visitor.End.CONFIRMED || visitor.end == Visitor.End.REGISTERED))
                .isEqualTo(registered)
                .isPositive();
        assertThat(watch.longestWaitMillis()).isLessThan(LONGEST_WAIT_MILLIS);
        assertThat(visitors.seconds(1, visitor -> visitor.atTheDoor)).isLessThan(LONGEST_AT_THE_DOOR);
    }

    /** The organiser is told what the visitors saw, but for what was lost, and for answers that were cut off. */
    void assertReported() {
        int cutOff = door.cutOff().size();
        long places = visitors.count(_ -> true);
        assertThat(report.path("waited").asLong()).isBetween(places - lost(visitor -> visitor.given), places + cutOff);
        long admitted = visitors.count(visitor -> visitor.admitted != 0);
        assertThat(report.path("admitted").asLong())
                .isBetween(admitted - lost(visitor -> visitor.admitted), admitted + cutOff);
        long twice =
                visitors.count(visitor -> losses.stream().anyMatch(loss -> loss.mayBeToldTwice(visitor.registered)));
        assertThat(report.path("used").asLong()).isBetween(used, registered + twice);
        double waited = visitors.seconds(0.5, Visitor::waited);
        // They are called some seconds before they ask.
        assertThat(report.path("waitSeconds").path("p50").asDouble()).isBetween(0.8 * waited - 12, 1.05 * waited + 2);
    }

    private long lost(ToLongFunction<Visitor> when) {
        return visitors.count(visitor -> losses.stream().anyMatch(loss -> loss.covers(when.applyAsLong(visitor))));
    }

    /** The report has it as well. */
    JsonNode report() {
        return report;
    }
}
