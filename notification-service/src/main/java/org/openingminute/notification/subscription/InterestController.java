package org.openingminute.notification.subscription;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.projection.Conference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accepts subscription requests through the API. */
@RestController
class InterestController {

    private final Interests interests;
    private final AddressForm addresses;

    InterestController(Interests interests, AddressForm addresses) {
        this.interests = interests;
        this.addresses = addresses;
    }

    @Operation(
            summary = "Subscribes to topics; a mail asks the reader to confirm",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = Interest.class))))
    @PostMapping(path = "/api/conferences/{slug}/interest", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    SubscriptionTaken ask(
            @PathVariable String slug,
            @RequestHeader(name = IdempotencyKey.HEADER, required = false) @Nullable String idempotencyKey,
            HttpServletRequest request,
            Locale locale)
            throws IOException {
        // The key is only validated, because a repeated request gets the same answer and causes no second mail.
        IdempotencyKey.optional(idempotencyKey);
        JsonBody.Body<Interest> body = JsonBody.read(JsonBody.object(request), Interest.class);
        InterestRequest asked =
                InterestRequest.checked(body.value().email(), body.value().topics(), body.errors(), addresses);
        // Comes last because it may wait.
        Conference conference = interests.conference(slug);
        interests.ask(conference, asked, locale.getLanguage());
        return new SubscriptionTaken("confirmation-by-mail");
    }

    /**
     * A subscription request.
     *
     * @param topics of {@code registration, program, keynotes, price-deadline}
     */
    record Interest(@Nullable String email, @Nullable List<@Nullable String> topics) {

        Interest {
            email = email == null ? null : email.strip();
        }
    }

    /**
     * The next step. It never depends on what is known about the address.
     *
     * @param next says that a mail will ask the owner of the address to confirm, unless nothing is left to confirm
     */
    @Schema(name = "InterestTaken")
    record SubscriptionTaken(String next) {}
}
