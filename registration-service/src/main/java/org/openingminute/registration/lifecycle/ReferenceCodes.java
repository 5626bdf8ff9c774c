package org.openingminute.registration.lifecycle;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Short references that can be read out: {@code ML26-7K3F9Q}. The six characters are a permutation of a running number, so that references
 * never repeat and do not reveal the number of registrations. Pure.
 */
public final class ReferenceCodes {

    /** Crockford's base 32, without I, L, O and U, which are easily misread. */
    private static final String SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int BITS = 30;
    private static final int MASK = (1 << BITS) - 1;
    private static final int FIRST_FACTOR = 0x2C1B3C6D;
    private static final int SECOND_FACTOR = 0x297A2D39;

    /** A reference as people type or copy it: with a hyphen, a dash, a space or nothing, and possibly with letters that resemble digits. */
    private static final Pattern TYPED = Pattern.compile("[A-Z]{2}[0-9]{2}[-\\s\\p{Pd}\\p{Zs}]?([0-9A-Z]{6})");

    private static final Pattern OTHER_SIGNS = Pattern.compile("[^0-9A-Z]+");
    private static final int LENGTH = 6;

    private ReferenceCodes() {}

    /** The first two letters of the name and the last two digits of the year. */
    public static String prefix(String conferenceName, int year) {
        String letters = conferenceName.replaceAll("[^A-Za-z]", "").toUpperCase(Locale.ROOT);
        return (letters + "XX").substring(0, 2) + "%02d".formatted(year % 100);
    }

    /**
     * Returns the reference of a conference's n-th registration.
     *
     * @param salt a number specific to the conference, so that two conferences do not produce the same characters in the same order
     * @param n from 0, below 2^30
     */
    public static String reference(String prefix, int salt, int n) {
        int x = (n + salt) & MASK;
        // Odd factors and shifted exclusive-ors are invertible, so different numbers stay different.
        x = (x * FIRST_FACTOR) & MASK;
        x ^= x >>> 15;
        x = (x * SECOND_FACTOR) & MASK;
        x ^= x >>> 15;
        char[] signs = new char[LENGTH];
        for (int i = LENGTH - 1; i >= 0; i--) {
            signs[i] = SIGNS.charAt(x & 31);
            x >>>= 5;
        }
        return prefix + "-" + new String(signs);
    }

    /**
     * Returns the number in a reference, in any case, with a hyphen, a dash, a space or nothing between its parts, and with {@code O} read
     * as 0 and {@code I} or {@code L} as 1. The prefix is ignored.
     *
     * @param salt as given to {@link #reference}
     * @return empty if the text is not a reference
     */
    public static OptionalInt number(String typed, int salt) {
        Matcher matcher = TYPED.matcher(typed.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            return OptionalInt.empty();
        }
        return numberOf(folded(matcher.group(1)), salt);
    }

    /**
     * Normalises a text for finding references in it: only letters and digits, in upper case, with {@code O} as 0 and {@code I} and {@code
     * L} as 1. All spellings of a reference become equal.
     */
    public static String folded(String text) {
        return OTHER_SIGNS
                .matcher(text.toUpperCase(Locale.ROOT))
                .replaceAll("")
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
    }

    /**
     * Returns the numbers of all references with a prefix that a text may contain, however they are spelled and divided. A number need not
     * belong to a registration: any six characters after the prefix yield one.
     *
     * @param salt as given to {@link #reference}
     */
    public static Set<Integer> numbersIn(String text, String prefix, int salt) {
        String signs = folded(text);
        String start = folded(prefix);
        Set<Integer> numbers = new LinkedHashSet<>();
        for (int at = signs.indexOf(start); at >= 0; at = signs.indexOf(start, at + 1)) {
            int begin = at + start.length();
            if (begin + LENGTH <= signs.length()) {
                numberOf(signs.substring(begin, begin + LENGTH), salt).ifPresent(numbers::add);
            }
        }
        return numbers;
    }

    /** @param signs normalised by {@link #folded} */
    private static OptionalInt numberOf(String signs, int salt) {
        int x = 0;
        for (int i = 0; i < signs.length(); i++) {
            int value = SIGNS.indexOf(signs.charAt(i));
            if (value < 0) {
                return OptionalInt.empty();
            }
            x = (x << 5) | value;
        }
        // The upper bits are unchanged, so the same exclusive-or restores the lower ones.
        x ^= x >>> 15;
        x = (x * inverse(SECOND_FACTOR)) & MASK;
        x ^= x >>> 15;
        x = (x * inverse(FIRST_FACTOR)) & MASK;
        return OptionalInt.of((x - salt) & MASK);
    }

    /**
     * Returns the modular inverse by Newton's iteration, which doubles the number of correct bits; it starts with three, because an odd
     * number is its own inverse modulo 8.
     */
    private static int inverse(int odd) {
        int inverse = odd;
        for (int bits = 3; bits < Integer.SIZE; bits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
