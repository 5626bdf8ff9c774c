package org.openingminute.local.flow;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a generator has seen of one run.
 *
 * @param seconds in which flows were begun
 * @param finished flows confirmed in that time
 * @param all flows confirmed, those that were under way at its end included
 * @param mailed confirmations that came in that time
 * @param unmailed flows whose confirmation had not come when the run was over
 * @param twice flows with more than one confirmation
 * @param drained seconds from the end of that time until the last confirmation came, or the wait for it ended
 * @param polls requests for a registration's state
 * @param repeated requests that were answered 503
 * @param failed flows that did not come to their end, by what went wrong
 * @param took nanoseconds of each step, as histograms in their packed form
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

    /** Milliseconds of a step. */
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
