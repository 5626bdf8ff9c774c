package org.openingminute.payment.ops;

import java.util.Locale;
import java.util.Optional;
import org.openingminute.kit.problem.Problem;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Texts in the reader's language. Problem documents, which programs read, stay in English. */
@Component
public final class Localizer {

    private final MessageSource messages;

    public Localizer(MessageSource messages) {
        this.messages = messages;
    }

    /** Returns a problem's detail, found by its reason, else by its first field's error, else by its code, else in English. */
    public String detail(Problem problem, Locale locale) {
        Object[] arguments = problem.parameters().toArray();
        return problem.reason()
                .flatMap(reason -> find("detail." + reason, locale, arguments))
                .or(() -> problem.errors().stream()
                        .findFirst()
                        .flatMap(error -> find("field." + error.code(), locale, error.field())))
                .orElseGet(() -> of("detail." + problem.code().wireName(), locale, problem.detail()));
    }

    /** Returns the text of a key; {@code otherwise} if there is none. */
    public String of(String key, Locale locale, String otherwise) {
        return find(key, locale).orElse(otherwise);
    }

    private Optional<String> find(String key, Locale locale, Object... arguments) {
        return Optional.ofNullable(messages.getMessage(key, arguments, null, locale));
    }
}
