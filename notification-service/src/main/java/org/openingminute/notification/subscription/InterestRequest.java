package org.openingminute.notification.subscription;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.AddressForm;

/**
 * A request to subscribe.
 *
 * @param email as it was typed, stripped
 * @param topics at least one
 */
record InterestRequest(String email, Set<Topic> topics) {

    /**
     * Validates the input.
     *
     * @param wrong the errors found so far
     * @param addresses the accepted form of addresses
     * @throws Problem {@code invalid}, with all errors
     */
    static InterestRequest checked(
            @Nullable String email,
            @Nullable List<@Nullable String> topics,
            Collection<FieldError> wrong,
            AddressForm addresses) {
        List<FieldError> errors = new ArrayList<>(wrong);
        String address = email == null ? "" : email;
        List<@Nullable String> codes = topics == null ? List.of() : topics;
        if (address.isEmpty()) {
            errors.add(FieldError.of("email", "required", "is required"));
        } else if (!addresses.accepts(address)) {
            errors.add(FieldError.of("email", "not-an-email", "is not an email address"));
        }
        Set<Topic> known = EnumSet.noneOf(Topic.class);
        int index = 0;
        for (@Nullable String code : codes) {
            String field = "topics[" + index++ + "]";
            Optional.ofNullable(code)
                    .flatMap(Topic::of)
                    .ifPresentOrElse(
                            known::add,
                            () -> errors.add(FieldError.of(
                                    field, "not-one-of", "must be one of {}", String.join(", ", Topic.codes()))));
        }
        if (codes.isEmpty()) {
            errors.add(FieldError.of(
                    "topics", "required", "must be at least one of {}", String.join(", ", Topic.codes())));
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return new InterestRequest(address, known);
    }

    /** Normalises the address. Domains ignore case, and so do, for the part before the @, all mail servers in use. */
    String normalAddress() {
        return email.toLowerCase(Locale.ROOT);
    }
}
