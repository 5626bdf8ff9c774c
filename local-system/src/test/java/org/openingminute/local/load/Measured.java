package org.openingminute.local.load;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * One measurement.
 *
 * @param seconds how long requests were sent
 * @param answered seconds until the last answer
 * @param done answers that came while requests were sent and gave what was asked for
 * @param refused answers 503, until the last request was answered
 * @param saidNo answers that are a definite no
 * @param unsure requests without an answer, or refused after so long a wait that they may have been carried out
 * @param doneAfter how long answers took that are not a refusal
 * @param refusedAfter how long refusals took
 * @param ids of all registrations that were made
 * @param used seconds of processor time by process, and what else was counted meanwhile, by name
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
     * Nanoseconds until answers came.
     *
     * @param intended from the instant at which the request was meant to be sent: in a closed loop that at which it was
     * @param sent from sending it
     */
    public record Took(Histogram intended, Histogram sent) {}

    public double perSecond() {
        return done / seconds;
    }

    /** Those that are a definite no, too. */
    public double answersPerSecond() {
        return (done + saidNo) / seconds;
    }

    public double refusedPerSecond() {
        return refused / answered;
    }

    /** Answers that are not a refusal, those that came late included. */
    public long answers() {
        return doneAfter.sent().getTotalCount();
    }

    /** Milliseconds of a process's time for each answer; what it did after the last answer, such as relaying, included. */
    public double cpuMillis(String process) {
        return used(process) * 1000 / Math.max(1, answers());
    }

    public double used(String name) {
        return used.getOrDefault(name, 0.0);
    }

    /** Milliseconds from the instant at which requests were meant to be sent. */
    public double millis(double percentile) {
        return doneAfter.intended().getValueAtPercentile(percentile) / 1e6;
    }

    public double millisFromSending(double percentile) {
        return doneAfter.sent().getValueAtPercentile(percentile) / 1e6;
    }

    /** Milliseconds from sending. */
    public double refusedMillis(double percentile) {
        return refusedAfter.sent().getValueAtPercentile(percentile) / 1e6;
    }

    public Measured using(Map<String, Double> much) {
        return new Measured(seconds, answered, done, refused, saidNo, unsure, doneAfter, refusedAfter, ids, much);
    }
}
