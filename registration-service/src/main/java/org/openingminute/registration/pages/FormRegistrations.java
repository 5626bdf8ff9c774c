package org.openingminute.registration.pages;

import java.util.Objects;
import java.util.UUID;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Ask;
import org.openingminute.registration.decision.BodyHash;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Quoting;
import org.openingminute.registration.decision.ScopedKey;
import org.openingminute.registration.form.RegistrationRequest;
import org.openingminute.registration.sale.Quote;
import org.openingminute.registration.web.Bodies;
import org.openingminute.registration.web.IdempotencyKeys;
import org.openingminute.registration.web.Problem;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Takes a form for what it is: the body of the API's call, with the key that the form was rendered with. */
@Component
class FormRegistrations {

    private final Admissions admissions;
    private final Bodies bodies;
    private final PageViews views;

    FormRegistrations(Admissions admissions, Bodies bodies, PageViews views) {
        this.admissions = admissions;
        this.bodies = bodies;
        this.views = views;
    }

    /**
     * Registers; the same form again is the same registration.
     *
     * @throws Problem as the API's call does
     */
    UUID register(Conference conference, RegistrationForm form) {
        String key = IdempotencyKeys.required(form.value("key"));
        JsonNode body = body(conference, form);
        return Objects.requireNonNull(admissions
                .askForAnswer(new Ask.Register(
                        conference.slug(),
                        new ScopedKey("register:" + conference.slug(), key),
                        BodyHash.of(body),
                        bodies.readKnown(body, RegistrationRequest.class)))
                .registration());
    }

    /**
     * What it would cost now.
     *
     * @throws Problem as the API's call does
     */
    Quote quote(Conference conference, RegistrationForm form) {
        return Quoting.quote(
                conference, bodies.readKnown(body(conference, form), RegistrationRequest.class), views.now());
    }

    private static JsonNode body(Conference conference, RegistrationForm form) {
        return form.body(conference.definition().registration().addOns());
    }
}
