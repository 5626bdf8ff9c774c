package org.openingminute.local.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** The outcome of an opening after all visitors have left: what they saw, and what the organiser's report says. */
final class Outcome {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final Duration TOLD = Duration.ofSeconds(30);
    /** The longest time before a loss whose registrations are reported again. */
    private static final long REPEATED = 5 * SECOND;

    /** The short form allows more, because other systems run beside it. */
    private static final int LONGEST_WAIT_MILLIS = FULL ? 2_000 : 10_000;

    private static final int LONGEST_AT_THE_DOOR = FULL ? 75 : 150;

    private final String name;
    private final Visitors visitors;
    private final Watch watch;
    private final FrontDoor door;
    private final List<Loss> losses;
    private final JsonNode report;
    private final long registered;
    private final long used;

    /**
     * The loss when a gateway is killed or Redis is emptied: the gateways' counts since the last save. They save each second after
     * registration-service has answered, which may be late on a busy machine.
     *
     * @param kept the instant up to which all counts were saved, by {@link System#nanoTime}
     * @param over the instant before which new counts are not yet visible
     */
    record Loss(long kept, long over) {

        /** A loss whose limits are not observable: counts are saved in the next second and become visible a little later. */
        static Loss now() {
            return new Loss(System.nanoTime() - 3 * SECOND, System.nanoTime() + 3 * SECOND);
        }

        boolean covers(long moment) {
            return kept <= moment && moment < over;
        }

        boolean isDuringWaitOf(Visitor visitor) {
            return visitor.given < over && kept < visitor.admitted;
        }

        /**
         * registration-service repeats its last report to the next gateway: the registrations between two polls, a second or, on a busy
         * machine, some. A response that was cut off arrives when the visitor has repeated the request, but the seat was taken before.
         */
        boolean mayBeToldTwice(Visitor visitor) {
            return visitor.registered > kept - REPEATED && visitor.sent < over;
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
        // A closed room reports the people it has admitted, but not their later registrations.
        report = await().atMost(TOLD)
                .until(
                        room::report,
                        told -> told.hasNonNull("closedAt") || told.path("used").asLong() >= used);
    }

    /** Prints the outcome, and asserts that no visitor failed. */
    void print() {
        Watch.Stall stall = watch.longestStall();
        System.out.printf(
                Locale.ROOT,
                "waiting room, %s: %s; opened at seconds %s; waited %.1f s in the middle; registered by minutes %s,"
                        + " of a target of %s; longest wait in the queue %d ms, at the door %.1f s; stalled %.1f s from second"
                        + " %.0f on; polls a second %d at most; answers cut off %d, places refused %d; report %s%n",
                name,
                visitors.ends(),
                watch.openings().stream()
                        .map(at -> Math.round((at - visitors.opened()) / 1e9))
                        .toList(),
                visitors.seconds(0.5, Visitor::waited),
                Arrays.toString(visitors.registeredByMinute()),
                Arrays.toString(targetByMinute()),
                watch.longestWaitMillis(),
                visitors.seconds(1, visitor -> visitor.atTheDoor),
                stall.seconds(),
                Math.max(0, stall.from() - visitors.opened()) / 1e9,
                door.mostPolls(),
                door.cutOff().size(),
                refusals(),
                report);
        visitors.assertNoneFailed();
    }

    /** The mean target in each minute after the opening while people waited, in registrations a minute; 0 if nobody did. */
    private long[] targetByMinute() {
        return IntStream.range(0, visitors.registeredByMinute().length)
                .mapToLong(minute -> Math.round(
                        60 * watch.target(visitors.startOfMinute(minute), visitors.startOfMinute(minute + 1))))
                .toArray();
    }

    void assertInOrder() {
        assertThat(visitors.inversions())
                .as("numbers above those of later ones")
                .isZero();
        assertThat(visitors.overtaking()).as("people who were overtaken").isZero();
        assertThat(visitors.stream().map(visitor -> visitor.number)).doesNotHaveDuplicates();
        assertThat(report.path("inversions").asLong()).isZero();
    }

    /**
     * Asserts that everybody who waits is admitted, that everybody who pays is confirmed, and that registration-service keeps nobody
     * waiting for long.
     */
    void assertNobodyLost() {
        assertThat(visitors.ends()).doesNotContainKey(Visitor.End.MISSED);
        assertThat(visitors.count(
                        visitor -> visitor.end == Visitor.End.CONFIRMED || visitor.end == Visitor.End.REGISTERED))
                .isEqualTo(registered)
                .isPositive();
        assertThat(watch.longestWaitMillis()).isLessThan(LONGEST_WAIT_MILLIS);
        assertThat(visitors.seconds(1, visitor -> visitor.atTheDoor)).isLessThan(LONGEST_AT_THE_DOOR);
    }

    /** Asserts that the organiser's report matches what the visitors saw, except for losses, responses that were cut off, and refused places. */
    void assertReported() {
        long unanswered = door.cutOff().size() + refusals();
        long places = visitors.count(_ -> true);
        assertThat(report.path("waited").asLong())
                .isBetween(places - lost(visitor -> visitor.given), places + unanswered);
        long admitted = visitors.count(visitor -> visitor.admitted != 0);
        // Numbers given in a lost second share a position, of which only the first admission is counted.
        assertThat(report.path("admitted").asLong())
                .isBetween(
                        admitted - lost(visitor -> visitor.admitted) - lost(visitor -> visitor.given),
                        admitted + unanswered);
        long twice = visitors.count(visitor -> losses.stream().anyMatch(loss -> loss.mayBeToldTwice(visitor)));
        assertThat(report.path("used").asLong()).isBetween(used, registered + twice);
        double waited = visitors.seconds(0.5, Visitor::waited);
        // They are called some seconds before their next poll.
        assertThat(report.path("waitSeconds").path("p50").asDouble())
                .isBetween(0.8 * visitors.seconds(0.5, this::waitedForAnswers) - 12, 1.05 * waited + 2);
    }

    /**
     * The visitor's wait, without the time in which no gateway answered if one was lost meanwhile: some visitors were called before the loss
     * and learned it afterwards.
     */
    private long waitedForAnswers(Visitor visitor) {
        return losses.stream().noneMatch(loss -> loss.isDuringWaitOf(visitor))
                ? visitor.waited()
                : Math.max(
                        1,
                        visitor.waited()
                                - watch.longestPause(visitor.given, visitor.admitted)
                                        .toNanos());
    }

    private long refusals() {
        return visitors.stream().mapToLong(visitor -> visitor.refusals).sum();
    }

    private long lost(ToLongFunction<Visitor> when) {
        return visitors.count(visitor -> losses.stream().anyMatch(loss -> loss.covers(when.applyAsLong(visitor))));
    }

    /** The organiser's report says this as well. */
    JsonNode report() {
        return report;
    }
}
