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
 * A bucket of this gateway, from which each call takes one token. What is taken here is told to the other gateways behind the call, and
 * what they have taken is taken here, too: see {@link SharedBuckets}. Thread-safe.
 */
final class TokenBucket {

    /** So many tokens of a bucket's share may be taken unseen by other gateways: so few, and so seldom is a quiet client shared at all. */
    private static final int PARTS = 25;

    private final Key key;
    private final Bucket bucket;
    private final Consumer<TokenBucket> share;
    private final int sharedFrom;
    private long unshared;
    private boolean sharing;

    /** @param share takes the bucket where as many tokens are unshared as should be shared, once until they are */
    TokenBucket(Key key, TimeMeter clock, Consumer<TokenBucket> share) {
        this.key = key;
        this.bucket = Bucket.builder()
                .addLimit(bandwidth(key.rate))
                .withCustomTimePrecision(clock)
                // Every access is under the lock of this object.
                .withSynchronizationStrategy(SynchronizationStrategy.NONE)
                .build();
        this.share = share;
        this.sharedFrom = Math.max(1, key.rate.atOnce() / PARTS);
    }

    /**
     * Which bucket it is.
     *
     * @param limit the limit's name
     * @param counted what the limit counts by: an address, a token
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

    /** Takes a token, if one is left. */
    synchronized Turn take() {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            return new Turn.Refused(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
        // A bucket that was full has nothing to tell.
        unshared = probe.getRemainingTokens() == key.rate.atOnce() - 1 ? 1 : unshared + 1;
        if (unshared >= sharedFrom && !sharing) {
            sharing = true;
            share.accept(this);
        }
        return new Turn.Granted(probe.getRemainingTokens(), false);
    }

    /** The tokens that were taken here since they were last shared; they count as shared. */
    synchronized long takeUnshared() {
        long taken = unshared;
        unshared = 0;
        sharing = false;
        return taken;
    }

    /**
     * Takes what others have taken.
     *
     * @param left in the bucket of all gateways; less than none where several gave away the same
     */
    synchronized void shared(long left) {
        long tooMany = bucket.getAvailableTokens() + unshared - left;
        if (tooMany > 0) {
            bucket.consumeIgnoringRateLimits(tooMany);
        }
    }

    /** How long until the next token is there. */
    synchronized Duration untilNext() {
        return Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }
}
