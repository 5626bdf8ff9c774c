package org.openingminute.registration.pages;

import java.util.Objects;
import java.util.UUID;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Ask;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Quoting;
import org.openingminute.registration.form.RegistrationRequest;
import org.openingminute.registration.sale.Quote;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Takes a form for what it is: the body of the API's call, with the key that the form was rendered with. */
@Component
class FormRegistrations {

    private final Admissions admissions;
    private final PageViews views;

    FormRegistrations(Admissions admissions, PageViews views) {
        this.admissions = admissions;
        this.views = views;
    }

    /**
     * Registers; the same form again is the same registration.
     *
     * @throws Problem as the API's call does
     */
    UUID register(Conference conference, RegistrationForm form) {
        String key = IdempotencyKey.required(form.value("key"));
        JsonNode body = body(conference, form);
        return Objects.requireNonNull(admissions
                .askForAnswer(new Ask.Register(
                        conference.slug(),
                        new IdempotencyKey("register:" + conference.slug(), key),
                        RequestHash.of(body),
                        JsonBody.readKnown(body, RegistrationRequest.class)))
                .registration());
    }

    /**
     * What it would cost now.
     *
     * @throws Problem as the API's call does
     */
    Quote quote(Conference conference, RegistrationForm form) {
        return Quoting.quote(
                conference, JsonBody.readKnown(body(conference, form), RegistrationRequest.class), views.now());
    }

    private static JsonNode body(Conference conference, RegistrationForm form) {
        return form.body(conference.definition().registration().addOns());
    }
}
