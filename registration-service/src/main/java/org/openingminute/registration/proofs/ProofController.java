package org.openingminute.registration.proofs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The registrants' HTTP API for proofs and offers. */
@RestController
@Tag(name = "Proofs")
@RequestMapping("/api/registrations/{id}")
class ProofController {

    private final Proofs proofs;

    ProofController(Proofs proofs) {
        this.proofs = proofs;
    }

    /** The form of an upload; it exists for the OpenAPI document only. */
    @Schema(name = "ProofUpload")
    record Upload(
            @Schema(
                    type = "string",
                    format = "binary",
                    description = "Exactly one file; the field's name does not matter")
            String file) {}

    @Operation(
            summary = "Uploads the proof of an attendee's category",
            description = "A PDF, JPEG or PNG file of at most 5 MB, while the registration is in review; another one"
                    + " replaces it. Once every proof is there, seats are held for the days of the review. The request"
                    + " is multipart/form-data with exactly one file, whose field may have any name:"
                    + " `curl -F file=@card.jpg`.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                                            schema = @Schema(implementation = Upload.class))))
    @ApiResponse(
            responseCode = "202",
            description = "It has been received and will be reviewed",
            content = @Content(schema = @Schema(implementation = RegistrationRepresentation.class)))
    @PostMapping("/attendees/{attendeeId}/proof")
    ResponseEntity<String> receive(
            @PathVariable UUID id,
            @PathVariable UUID attendeeId,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            HttpServletRequest request) {
        return Replies.of(proofs.receive(request, id, attendeeId, key));
    }

    @Operation(
            summary = "Accepts the offer made after a refused proof",
            description =
                    "The offer becomes the order: it is confirmed where there is nothing to pay, and else held for"
                            + " the offer's hours to be paid.")
    @ApiResponse(
            responseCode = "200",
            description = "The registration with the accepted order",
            content = @Content(schema = @Schema(implementation = RegistrationRepresentation.class)))
    @PostMapping("/offer")
    ResponseEntity<String> acceptOffer(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            HttpServletRequest request) {
        return Replies.of(proofs.acceptOffer(request, id, key, ifMatch));
    }
}
