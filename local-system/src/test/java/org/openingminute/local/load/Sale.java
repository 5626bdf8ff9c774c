package org.openingminute.local.load;

/**
 * A sale of its own for one measurement.
 *
 * @param slug of the conference
 * @param numbers which request is sent as the n-th: a new one each time, or the same few again
 */
public record Sale(String slug, Numbers numbers) {

    public Sale(String slug) {
        this(slug, n -> n);
    }

    /** Numbers of requests by their place. */
    @FunctionalInterface
    public interface Numbers {
        long of(long n);
    }
}
