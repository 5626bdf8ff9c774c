package org.openingminute.registration.form;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** When two e-mail addresses are one. */
public final class Addresses {

    private Addresses() {}

    /** Domains ignore case, and so does every mail server in use with the part before it. */
    public static String normal(String email) {
        return email.strip().toLowerCase(Locale.ROOT);
    }

    /** The addresses of a request's attendees, as far as it has any that are: it may not have been checked yet. */
    public static List<String> of(RegistrationRequest request) {
        @Nullable List<RegistrationRequest.@Nullable Attendee> attendees = request.attendees();
        if (attendees == null) {
            return List.of();
        }
        return attendees.stream()
                .limit(OrderCheck.MOST_ATTENDEES)
                .filter(Objects::nonNull)
                .map(RegistrationRequest.Attendee::email)
                .filter(Objects::nonNull)
                .filter(OrderCheck::isAddress)
                .map(Addresses::normal)
                .toList();
    }
}
