package org.openingminute.gateway.limits;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.SynchronizationStrategy;
import java.time.Duration;
import java.util.function.Consumer;
import org.openingminute.gateway.Rate;

/**
 * A gateway's own bucket, from which each call takes one token. Afterwards, {@link SharedBuckets} reports the taken tokens to the other
 * gateways, and takes from here what the others have taken. Thread-safe.
 */
final class TokenBucket {

    /**
     * A bucket is shared after one 25th of its capacity was taken. Other gateways miss no more than that, and the buckets of quiet clients
     * are hardly ever shared.
     */
    private static final int SHARED_FRACTION = 25;

    private final Key key;
    private final Bucket bucket;
    private final Consumer<TokenBucket> share;
    private final int sharedFrom;
    private long unshared;
    private boolean sharing;

    /**
     * @param share schedules the sharing of this bucket; called once when enough tokens are unshared, and again only after they were
     *     shared
     */
    TokenBucket(Key key, TimeMeter clock, Consumer<TokenBucket> share) {
        this.key = key;
        this.bucket = Bucket.builder()
                .addLimit(bandwidth(key.rate))
                .withCustomTimePrecision(clock)
                // Every access holds this object's monitor.
                .withSynchronizationStrategy(SynchronizationStrategy.NONE)
                .build();
        this.share = share;
        this.sharedFrom = Math.max(1, key.rate.atOnce() / SHARED_FRACTION);
    }

    /**
     * Identifies a bucket.
     *
     * @param limit the limit's name
     * @param counted the address or token that the limit counts
     */
    record Key(String limit, String counted, Rate rate) {}

    static Bandwidth bandwidth(Rate rate) {
        return Bandwidth.builder()
                .capacity(rate.atOnce())
                .refillGreedy(rate.calls(), rate.per())
                .build();
    }

    Key key() {
        return key;
    }

    /** Takes a token if one is left. */
    synchronized Turn take() {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            return new Turn.Refused(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
        // A bucket that was full has nothing else to report.
        unshared = probe.getRemainingTokens() == key.rate.atOnce() - 1 ? 1 : unshared + 1;
        if (unshared >= sharedFrom && !sharing) {
            sharing = true;
            share.accept(this);
        }
        return new Turn.Granted(probe.getRemainingTokens(), false);
    }

    /** Returns the number of tokens taken since the last call, which now count as shared. */
    synchronized long drainUnshared() {
        long taken = unshared;
        unshared = 0;
        sharing = false;
        return taken;
    }

    /**
     * Takes what other gateways have taken.
     *
     * @param left the tokens left in the shared bucket; negative if several gateways gave away the same tokens
     */
    synchronized void shared(long left) {
        long tooMany = bucket.getAvailableTokens() + unshared - left;
        if (tooMany > 0) {
            bucket.consumeIgnoringRateLimits(tooMany);
        }
    }

    /** The time until the next token is available. */
    synchronized Duration untilNext() {
        return Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }
}
