package org.openingminute.payment.ops;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Texts for people in their language, where problems are for programs in English. */
@Component
public final class Localizer {

    private final MessageSource messages;

    public Localizer(MessageSource messages) {
        this.messages = messages;
    }

    /** A problem's detail; as it is where there is no text for it. */
    public String detail(String english, Locale locale) {
        return of("detail." + slug(english), locale, english);
    }

    /** The text of a key, or another where there is none. */
    public String of(String key, Locale locale, String otherwise) {
        String text = messages.getMessage(key, null, otherwise, locale);
        return text == null ? otherwise : text;
    }

    private static String slug(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("-"));
    }
}
