package org.openingminute.registration.memory;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** A set of fingerprints of keys, eight bytes each. Immutable. */
final class Fingerprints {

    static final Fingerprints NONE = new Fingerprints(new long[0]);

    private final long[] sorted;

    private Fingerprints(long[] sorted) {
        this.sorted = sorted;
    }

    boolean contains(long fingerprint) {
        return Arrays.binarySearch(sorted, fingerprint) >= 0;
    }

    Fingerprints with(List<Long> more) {
        return more.isEmpty()
                ? this
                : new Fingerprints(
                        LongStream.concat(Arrays.stream(sorted), more.stream().mapToLong(Long::longValue))
                                .sorted()
                                .distinct()
                                .toArray());
    }
}
