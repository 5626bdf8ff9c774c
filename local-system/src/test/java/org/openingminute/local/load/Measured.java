package org.openingminute.local.load;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * One measurement.
 *
 * @param seconds how long it lasted
 * @param done answers that came in that time and gave what was asked for
 * @param refused answers 503, until the last request was answered
 * @param saidNo answers that are a definite no
 * @param unsure requests without an answer, or refused after so long a wait that they may have been carried out
 * @param doneAfter nanoseconds until an answer that is not a refusal: in a closed loop from sending the request, in an open
 *     sweep from the instant at which it was meant to be sent
 * @param refusedAfter the same for refusals
 * @param ids of all registrations that were made
 * @param cpu seconds of processor time by process
 */
public record Measured(
        double seconds,
        long done,
        long refused,
        long saidNo,
        long unsure,
        Histogram doneAfter,
        Histogram refusedAfter,
        Set<UUID> ids,
        Map<String, Double> cpu) {

    public double perSecond() {
        return done / seconds;
    }

    /** Those that are a definite no, too. */
    public double answersPerSecond() {
        return (done + saidNo) / seconds;
    }

    public double refusedPerSecond() {
        return refused / seconds;
    }

    /** Milliseconds of a process's time for each answer; what it did after the last answer, such as relaying, included. */
    public double cpuMillis(String process) {
        return cpu.getOrDefault(process, 0.0) * 1000 / Math.max(1, doneAfter.getTotalCount());
    }

    public double millis(double percentile) {
        return doneAfter.getValueAtPercentile(percentile) / 1e6;
    }

    public double refusedMillis(double percentile) {
        return refusedAfter.getValueAtPercentile(percentile) / 1e6;
    }

    public Measured withCpu(Map<String, Double> seconds) {
        return new Measured(this.seconds, done, refused, saidNo, unsure, doneAfter, refusedAfter, ids, seconds);
    }
}
