package org.openingminute.local.load;

/**
 * A new sale for one measurement.
 *
 * @param slug the slug of the conference
 * @param numbers selects the number of the n-th request: a new one each time, or a few in turn
 */
public record Sale(String slug, Numbers numbers) {

    public Sale(String slug) {
        this(slug, n -> n);
    }

    /** Maps the position of a request to its number. */
    @FunctionalInterface
    public interface Numbers {
        long of(long n);
    }
}
