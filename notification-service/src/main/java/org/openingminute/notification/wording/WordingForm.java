package org.openingminute.notification.wording;

import java.util.List;
import java.util.Objects;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.composition.OwnWording;
import org.openingminute.notification.due.MailKind;

/** Reads an organiser's wording from a request. */
final class WordingForm {

    private WordingForm() {}

    /**
     * Returns the wording if it is valid for the kind of mail.
     *
     * @throws Problem {@code invalid}, with all errors
     */
    static OwnWording checked(JsonBody.Body<MailWordingsController.Request> body, MailKind kind) {
        if (!body.errors().isEmpty()) {
            throw Problem.invalid(body.errors());
        }
        OwnWording wording = new OwnWording(
                Objects.requireNonNullElse(body.value().subject(), ""),
                Objects.requireNonNullElse(body.value().text(), ""));
        List<FieldError> errors = wording.faults(kind);
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return wording;
    }
}
