package org.openingminute.registration.admission;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.form.RegistrationRequest;

/** When two e-mail addresses are one. */
final class Addresses {

    private Addresses() {}

    /** Domains ignore case, and so does every mail server in use with the part before it. */
    static String normal(String email) {
        return email.strip().toLowerCase(Locale.ROOT);
    }

    /** The addresses of a request's attendees, as far as it has any: it may not have been checked yet. */
    static List<String> of(RegistrationRequest request) {
        @Nullable List<RegistrationRequest.@Nullable Attendee> attendees = request.attendees();
        if (attendees == null) {
            return List.of();
        }
        return attendees.stream()
                .filter(Objects::nonNull)
                .map(RegistrationRequest.Attendee::email)
                .filter(Objects::nonNull)
                .map(Addresses::normal)
                .toList();
    }
}
