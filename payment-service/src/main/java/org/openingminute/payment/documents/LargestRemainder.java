package org.openingminute.payment.documents;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Divides whole numbers by weights so that the parts add up: what rounding down leaves goes to the largest remainders. */
final class LargestRemainder {

    private LargestRemainder() {}

    /** The parts, in the order of the weights; among equal remainders the first comes first. */
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

    /** The share of a part in an amount of the whole; a part above the whole begins anew. */
    static long share(long amount, long part, long whole) {
        return part / whole * amount
                + of(amount, List.of(part % whole, whole - part % whole)).getFirst();
    }
}
