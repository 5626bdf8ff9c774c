package org.openingminute.kit.web;

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
