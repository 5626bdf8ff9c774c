package org.openingminute.registration.lifecycle;

import java.util.Locale;

/**
 * Short references that people read out: {@code ML26-7K3F9Q}. The six characters are a permutation of a running number,
 * so that none repeats and none reveals how many there are. Pure.
 */
public final class ReferenceCodes {

    /** Crockford's base 32, without I, L, O and U, which are easily misread. */
    private static final String SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int BITS = 30;
    private static final int MASK = (1 << BITS) - 1;

    private ReferenceCodes() {}

    /** The first two letters of the name and the last two digits of the year. */
    public static String prefix(String conferenceName, int year) {
        String letters = conferenceName.replaceAll("[^A-Za-z]", "").toUpperCase(Locale.ROOT);
        return (letters + "XX").substring(0, 2) + "%02d".formatted(year % 100);
    }

    /**
     * A reference for the n-th registration of a conference.
     *
     * @param salt a number specific to the conference, so that two conferences do not give the same characters in the
     *     same order
     * @param n from 0, below 2^30
     */
    public static String reference(String prefix, int salt, int n) {
        int x = (n + salt) & MASK;
        // Odd factors and shifted exclusive-ors are invertible, so different numbers stay different.
        x = (x * 0x2C1B3C6D) & MASK;
        x ^= x >>> 15;
        x = (x * 0x297A2D39) & MASK;
        x ^= x >>> 15;
        char[] signs = new char[6];
        for (int i = 5; i >= 0; i--) {
            signs[i] = SIGNS.charAt(x & 31);
            x >>>= 5;
        }
        return prefix + "-" + new String(signs);
    }
}
