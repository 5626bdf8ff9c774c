package org.openingminute.gateway.room;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The order in which people who came before a draw are called: a permutation of their numbers, keyed by a seed to which the system commits
 * beforehand. Every gateway computes everybody's position and stores none; so can anybody who knows the seed and {@code early}. Immutable.
 *
 * <p>The permutation is a Feistel network of eight rounds on the smallest even number of bits that holds {@code early}, repeated until the
 * result is below {@code early} (cycle walking; Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). Its round function is
 * the first four bytes of the SHA-256 of {@code seed:round:half}, in decimal digits and without spaces.
 *
 * @param seed the text that is published after the draw
 * @param early how many people came before the draw; their numbers are 0 to {@code early - 1}
 */
record Draw(String seed, long early) {

    private static final int ROUNDS = 8;
    private static final long LARGEST = 1L << 60;

    /** @throws IllegalArgumentException for a negative number, or one that no room ever gives */
    Draw {
        if (early < 0 || early > LARGEST) {
            throw new IllegalArgumentException("a draw is among 0 to 2^60 places");
        }
    }

    /** The commitment that is published before the draw: the SHA-256 of the seed's text, in hexadecimal digits. */
    String commitment() {
        return HexFormat.of().formatHex(sha256(seed));
    }

    /** The position of a number in the line. Numbers given after the draw keep theirs, behind all early ones. */
    long position(long number) {
        if (number >= early) {
            return number;
        }
        long position = number;
        do {
            position = permuted(position);
        } while (position >= early);
        return position;
    }

    private long permuted(long number) {
        int half = halfOfBits();
        long mask = (1L << half) - 1;
        long left = number >>> half;
        long right = number & mask;
        for (int round = 0; round < ROUNDS; round++) {
            long mixed = left ^ (hash(round, right) & mask);
            left = right;
            right = mixed;
        }
        return (left << half) | right;
    }

    private int halfOfBits() {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, early - 1));
        return (bits + 1) / 2;
    }

    private long hash(int round, long half) {
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(sha256(seed + ":" + round + ":" + half)).getInt());
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
