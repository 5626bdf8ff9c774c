package org.openingminute.kit.web;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The syntax of e-mail addresses that every mail server accepts: an unquoted local part of at most 64 characters and a domain with a dot.
 * Comments, quotes and characters that could begin another header are refused.
 */
public enum AddressForm {
    DEPLOYED,
    /** Also accepts addresses at {@code localhost}, for a system that sends mail to itself. */
    REHEARSAL;

    /** The maximum length of an address, in characters. */
    public static final int LONGEST = 254;

    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++";
    private static final String LOCAL_PART = "(?![^@]{65})" + ATOM + "(\\." + ATOM + ")*+";
    private static final String LABEL = "(?![^.]{64})[A-Za-z0-9]++(-++[A-Za-z0-9]++)*+";
    private static final Pattern PUBLIC = Pattern.compile(LOCAL_PART + "@" + LABEL + "(\\." + LABEL + ")++");
    private static final Pattern LOCAL = Pattern.compile(LOCAL_PART + "@localhost");

    /**
     * Normalises an address, so that addresses of one owner compare equal as far as that can be known: mail servers in practice ignore
     * case, and the part after a plus sign is a label of the owner's choice.
     */
    public static String unlabelled(String address) {
        String normal = address.strip().toLowerCase(Locale.ROOT);
        int at = normal.lastIndexOf('@');
        int plus = normal.indexOf('+');
        return plus > 0 && plus < at ? normal.substring(0, plus) + normal.substring(at) : normal;
    }

    public static AddressForm in(boolean rehearsal) {
        return rehearsal ? REHEARSAL : DEPLOYED;
    }

    /** Whether a text is a valid address. */
    public boolean accepts(String text) {
        return text.length() <= LONGEST
                && (PUBLIC.matcher(text).matches()
                        || (this == REHEARSAL && LOCAL.matcher(text).matches()));
    }
}
