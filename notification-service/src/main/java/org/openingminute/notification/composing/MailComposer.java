package org.openingminute.notification.composing;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.caller.AccessTokens;
import org.openingminute.notification.heard.Conference;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.owed.Owed;
import org.springframework.context.MessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** Makes a mail of a state. The access token in its link is made here, for this mail. Safe for all threads. */
public final class MailComposer {

    private final ITemplateEngine templates;
    private final MessageSource messages;
    private final AccessTokens tokens;
    private final String publicUrl;

    MailComposer(ITemplateEngine templates, MessageSource messages, AccessTokens tokens, String publicUrl) {
        this.templates = templates;
        this.messages = messages;
        this.tokens = tokens;
        this.publicUrl = publicUrl;
    }

    /**
     * Composes a mail that is owed.
     *
     * @throws IllegalArgumentException if the registration was not heard of
     */
    public ComposedMail compose(Owed owed, Heard heard, Conference conference) {
        @Nullable RegistrationState registration = heard.registration();
        if (registration == null) {
            throw new IllegalArgumentException("nothing to say about a registration that was not heard of");
        }
        String token = tokens.forContact(registration.id(), registration.contactGeneration());
        Words words = Words.in(registration.contact().locale(), messages);
        Composition composition = new Composition(words, registration, heard.payment(), conference);
        MailContent content = composition.of(owed, new Links(publicUrl, token));
        Context variables = new Context(Locale.forLanguageTag(words.language()), Map.of("mail", content));
        return new ComposedMail(
                OneLine.of(conference.name()),
                content.subject(),
                templates.process("mail.txt", variables),
                templates.process("mail.html", variables),
                token);
    }
}
