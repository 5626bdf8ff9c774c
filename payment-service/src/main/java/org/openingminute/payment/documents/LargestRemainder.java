package org.openingminute.payment.documents;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Divides whole numbers by weights so that the parts add up: units lost by rounding down go to the largest remainders. */
final class LargestRemainder {

    private LargestRemainder() {}

    /** Returns the parts in the order of the weights. Of equal remainders, the first gets its unit first. */
    static List<Long> of(long total, List<Long> weights) {
        BigInteger sum = weights.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
        if (sum.signum() == 0) {
            return weights;
        }
        List<BigInteger[]> divided = weights.stream()
                .map(weight -> BigInteger.valueOf(total)
                        .multiply(BigInteger.valueOf(weight))
                        .divideAndRemainder(sum))
                .toList();
        List<Long> parts = new ArrayList<>(
                divided.stream().map(part -> part[0].longValueExact()).toList());
        long left = total - parts.stream().mapToLong(part -> part).sum();
        IntStream.range(0, parts.size())
                .boxed()
                .sorted(Comparator.comparing((Integer part) -> divided.get(part)[1])
                        .reversed())
                .limit(left)
                .forEach(part -> parts.set(part, parts.get(part) + 1));
        return parts;
    }

    /**
     * Returns the share of an amount that a part of the whole has. If the part exceeds the whole, each full whole counts as the full
     * amount.
     */
    static long share(long amount, long part, long whole) {
        return part / whole * amount
                + of(amount, List.of(part % whole, whole - part % whole)).getFirst();
    }
}
