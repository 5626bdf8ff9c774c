package org.openingminute.registration.pages;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.openingminute.registration.sale.FieldError;
import org.springframework.context.MessageSource;

/** The texts of the pages in one language. */
record Words(MessageSource messages, Locale locale) {

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** The text of a key, which must be there. */
    String of(String key, Object... arguments) {
        return messages.getMessage(key, arguments, locale);
    }

    Optional<String> find(String key, Object... arguments) {
        return Optional.ofNullable(messages.getMessage(key, arguments, null, locale));
    }

    /**
     * What is wrong with a field, for somebody who stands before that field. Its key is made of the English message, whose
     * numbers are the arguments; a message that has no text here is shown as it is.
     */
    String of(FieldError error) {
        Object[] numbers = NUMBER.matcher(error.message())
                .results()
                .map(MatchResult::group)
                .toArray();
        return find("field-error." + slug(NUMBER.matcher(error.message()).replaceAll("n")), numbers)
                .orElse(error.message());
    }

    /**
     * What registrations say about themselves in English, in this language, where there is a text for it.
     *
     * @param about the first part of the key, such as {@code timeline}
     */
    String known(String about, String english) {
        return find(about + "." + slug(english)).orElse(english);
    }

    private static String slug(String text) {
        return String.join(
                "-",
                Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                        .filter(part -> !part.isEmpty())
                        .toList());
    }
}
