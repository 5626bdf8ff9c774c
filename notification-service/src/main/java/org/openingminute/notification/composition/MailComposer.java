package org.openingminute.notification.composition;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.DueMails;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.springframework.context.MessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** Composes mails about registrations, including the access token in their links. */
public final class MailComposer {

    private final ITemplateEngine templates;
    private final MessageSource messages;
    private final AccessTokens tokens;
    private final String publicUrl;
    private final OwnWordings wordings;

    MailComposer(
            ITemplateEngine templates,
            MessageSource messages,
            AccessTokens tokens,
            String publicUrl,
            OwnWordings wordings) {
        this.templates = templates;
        this.messages = messages;
        this.tokens = tokens;
        this.publicUrl = publicUrl;
        this.wordings = wordings;
    }

    /**
     * Composes a due mail, in the organisers' wording if there is one.
     *
     * @throws IllegalArgumentException if the registration was not received
     */
    public ComposedMail compose(DueMail due, RegistrationProjection projection, Conference conference) {
        return compose(due, projection, conference, wordings);
    }

    /** Composes a due mail in a given wording. */
    public ComposedMail compose(
            DueMail due, RegistrationProjection projection, Conference conference, OwnWordings given) {
        @Nullable RegistrationSnapshot known = projection.registration();
        if (known == null) {
            throw new IllegalArgumentException("no registration for this mail");
        }
        RegistrationSnapshot registration = DueMails.addressed(known, due);
        AccessToken contact =
                AccessToken.ofContact(registration.id(), Math.toIntExact(registration.contactGeneration()));
        String token = tokens.sign(registration.isToBeOpened() ? contact.toBeDelivered() : contact);
        Localizer localizer = Localizer.in(registration.contact().locale(), messages);
        Composition composition = new Composition(localizer, registration, projection.payment(), conference);
        Optional<OwnWording> own = given.find(conference.slug(), due.kind(), localizer.language())
                // A wording that another version accepted may lack a placeholder that this version requires; our own
                // wording is then used.
                .filter(found -> found.faults(due.kind()).isEmpty());
        MailContent content = composition.of(due, new Links(publicUrl, token), own);
        Context variables = new Context(Locale.forLanguageTag(localizer.language()), Map.of("mail", content));
        return new ComposedMail(
                SingleLine.of(conference.name()),
                content.subject(),
                templates.process("mail.txt", variables),
                templates.process("mail.html", variables),
                token);
    }
}
