package org.openingminute.payment.ops;

import java.util.Locale;
import java.util.Optional;
import org.openingminute.kit.problem.Problem;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Texts for people in their language; problem documents are in English, for programs. */
@Component
public final class Localizer {

    private final MessageSource messages;

    public Localizer(MessageSource messages) {
        this.messages = messages;
    }

    /** A problem's detail, found by its reason, otherwise by its code, otherwise in English. */
    public String detail(Problem problem, Locale locale) {
        Object[] arguments = problem.parameters().toArray();
        return problem.reason()
                .flatMap(
                        reason -> Optional.ofNullable(messages.getMessage("detail." + reason, arguments, null, locale)))
                .orElseGet(() -> of("detail." + problem.code().wireName(), locale, problem.detail()));
    }

    /** The text of a key, or a default if there is none. */
    public String of(String key, Locale locale, String otherwise) {
        String text = messages.getMessage(key, null, otherwise, locale);
        return text == null ? otherwise : text;
    }
}
