package org.openingminute.local.load;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * The results of one measurement.
 *
 * @param seconds the time in which requests were sent
 * @param answered the seconds until the last response
 * @param done the successful responses that arrived while requests were sent
 * @param refused the responses 503, up to the last response
 * @param saidNo the final refusals
 * @param unsure the requests without a response, or refused after a wait so long that they may have been carried out
 * @param doneAfter the response times, except for refusals
 * @param refusedAfter the times until a refusal
 * @param ids the ids of all registrations that were made
 * @param used the seconds of processor time by process, and other counts, by name
 */
public record Measured(
        double seconds,
        double answered,
        long done,
        long refused,
        long saidNo,
        long unsure,
        Took doneAfter,
        Took refusedAfter,
        Set<UUID> ids,
        Map<String, Double> used) {

    /**
     * The response times in nanoseconds.
     *
     * @param intended from the intended time of sending; in a closed loop the actual one
     * @param sent from the actual time of sending
     */
    public record Took(Histogram intended, Histogram sent) {}

    public double perSecond() {
        return done / seconds;
    }

    /** Includes final refusals. */
    public double answersPerSecond() {
        return (done + saidNo) / seconds;
    }

    public double refusedPerSecond() {
        return refused / answered;
    }

    /** All responses except for refusals, including late ones. */
    public long answers() {
        return doneAfter.sent().getTotalCount();
    }

    /** The milliseconds of a process's time per response; they include work after the last response, such as relaying. */
    public double cpuMillis(String process) {
        return used(process) * 1000 / Math.max(1, answers());
    }

    public double used(String name) {
        return used.getOrDefault(name, 0.0);
    }

    /** A percentile from the intended time of sending, in milliseconds. */
    public double millis(double percentile) {
        return doneAfter.intended().getValueAtPercentile(percentile) / 1e6;
    }

    public double millisFromSending(double percentile) {
        return doneAfter.sent().getValueAtPercentile(percentile) / 1e6;
    }

    /** A percentile of refusals from the actual time of sending, in milliseconds. */
    public double refusedMillis(double percentile) {
        return refusedAfter.sent().getValueAtPercentile(percentile) / 1e6;
    }

    public Measured using(Map<String, Double> much) {
        return new Measured(seconds, answered, done, refused, saidNo, unsure, doneAfter, refusedAfter, ids, much);
    }
}
