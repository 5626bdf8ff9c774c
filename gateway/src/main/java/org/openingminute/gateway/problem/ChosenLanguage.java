package org.openingminute.gateway.problem;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The language that a reader has chosen for all pages, which counts before those that the browser names. It is a cookie. */
public final class ChosenLanguage {

    public static final String COOKIE = "language";

    /** The languages of all pages, each by its code. */
    static final List<Locale> ALL = List.of(Locale.ENGLISH, Locale.GERMAN);

    private ChosenLanguage() {}

    /** The language of a code; empty for one in which there are no pages. */
    public static Optional<Locale> named(String code) {
        return ALL.stream()
                .filter(language -> language.getLanguage().equals(code))
                .findFirst();
    }

    /**
     * The language that a request's cookie names.
     *
     * @param cookies the headers with cookies
     */
    public static Optional<Locale> of(List<String> cookies) {
        return cookies.stream()
                .flatMap(header -> Arrays.stream(header.split(";", -1)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(COOKIE + "="))
                .findFirst()
                .flatMap(pair -> named(pair.substring(COOKIE.length() + 1)));
    }
}
