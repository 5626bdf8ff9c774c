package org.openingminute.registration.pages;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.openingminute.registration.form.FieldError;
import org.springframework.context.MessageSource;

/** The texts of the pages in one language. */
record Words(MessageSource messages, Locale locale) {

    /** What differs from one text to the next of its kind: an amount, a reference, a category's code, any number. */
    private static final Pattern PARAMETER = Pattern.compile(
            "[A-Z]{3} \\d[\\d.,]*(?= will be)|(?<=^Reference )\\S+(?=\\.$)|(?<=^The category )\\S+|\\d+");

    /** The text of a key, which must be there. */
    String of(String key, Object... arguments) {
        return messages.getMessage(key, arguments, locale);
    }

    Optional<String> find(String key, Object... arguments) {
        return Optional.ofNullable(messages.getMessage(key, arguments, null, locale));
    }

    /**
     * What is wrong with a field, for somebody who stands before that field. Its key is made of the English message, in which
     * what differs is {@code n} and becomes the arguments; a message that has no text here is shown as it is.
     */
    String of(FieldError error) {
        return known("field-error", error.message());
    }

    /**
     * What registrations say about themselves in English, in this language, where there is a text for it.
     *
     * @param about the first part of the key, such as {@code timeline}
     */
    String known(String about, String english) {
        Object[] arguments =
                PARAMETER.matcher(english).results().map(MatchResult::group).toArray();
        return find(about + "." + slug(PARAMETER.matcher(english).replaceAll("n")), arguments)
                .orElse(english);
    }

    private static String slug(String text) {
        return String.join(
                "-",
                Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                        .filter(part -> !part.isEmpty())
                        .toList());
    }
}
