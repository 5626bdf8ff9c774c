package org.openingminute.local.flow;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The results of one run.
 *
 * @param seconds the time in which flows were started
 * @param finished the flows confirmed in that time
 * @param all the confirmed flows, including those that were running at its end
 * @param mailed the confirmation mails that arrived in that time
 * @param unmailed the flows without a confirmation mail at the end of the run
 * @param twice the flows with more than one confirmation mail
 * @param drained the seconds from the end of that time to the last mail, or to the end of the wait
 * @param polls the requests for a registration's state
 * @param repeated the requests that were answered 503
 * @param failed the failed flows, by kind of failure
 * @param took the nanoseconds of each step, as packed histograms
 */
public record Generated(
        double seconds,
        long finished,
        long all,
        long mailed,
        long unmailed,
        long twice,
        double drained,
        long polls,
        long repeated,
        Map<String, Long> failed,
        Map<Step, String> took) {

    static Map<Step, String> packed(Map<Step, Histogram> histograms) {
        Map<Step, String> packed = new EnumMap<>(Step.class);
        histograms.forEach((step, histogram) -> {
            ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
            int length = histogram.encodeIntoCompressedByteBuffer(bytes);
            packed.put(step, Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(bytes.array(), length)));
        });
        return packed;
    }

    public double perSecond() {
        return finished / seconds;
    }

    public double mailedPerSecond() {
        return mailed / seconds;
    }

    /** A percentile of a step, in milliseconds. */
    public double millis(Step step, double percentile) {
        return histogram(step).getValueAtPercentile(percentile) / 1e6;
    }

    public long failures() {
        return failed.values().stream().mapToLong(Long::longValue).sum();
    }

    private Histogram histogram(Step step) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(took.get(step))), 0);
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        }
    }
}
