package org.openingminute.gateway.problem;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The language that a reader has selected for all pages, stored in a cookie. It takes precedence over the browser's languages. */
public final class ChosenLanguage {

    public static final String COOKIE = "language";

    /** The languages of the pages. */
    static final List<Locale> ALL = List.of(Locale.ENGLISH, Locale.GERMAN);

    private ChosenLanguage() {}

    /** The language with that code; empty if there are no pages in it. */
    public static Optional<Locale> named(String code) {
        return ALL.stream()
                .filter(language -> language.getLanguage().equals(code))
                .findFirst();
    }

    /**
     * The language in a request's cookie.
     *
     * @param cookies the values of the headers {@code Cookie}
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
