package org.openingminute.kit.web;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The form of an address that every mail server accepts: an unquoted local part of at most 64 characters and a
 * domain with a dot; no comment, no quote, and nothing that could begin another header.
 */
public enum AddressForm {
    DEPLOYED,
    /** Also those at {@code localhost}, for a system that mails to itself. */
    REHEARSAL;

    /** The most characters of an address. */
    public static final int LONGEST = 254;

    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++";
    private static final String LOCAL_PART = "(?![^@]{65})" + ATOM + "(\\." + ATOM + ")*+";
    private static final String LABEL = "(?![^.]{64})[A-Za-z0-9]++(-++[A-Za-z0-9]++)*+";
    private static final Pattern PUBLIC = Pattern.compile(LOCAL_PART + "@" + LABEL + "(\\." + LABEL + ")++");
    private static final Pattern LOCAL = Pattern.compile(LOCAL_PART + "@localhost");

    /**
     * The form in which addresses of one owner are the same, as far as that can be known: no mail server in use heeds case, and
     * what follows a plus sign is a label of the owner's choice.
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

    /** Whether a text is such an address. */
    public boolean accepts(String text) {
        return text.length() <= LONGEST
                && (PUBLIC.matcher(text).matches()
                        || (this == REHEARSAL && LOCAL.matcher(text).matches()));
    }
}
