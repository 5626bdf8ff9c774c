package org.openingminute.registration.registrations;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.conferences.RevisionTag;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Invalidates a contact's links, tokens and cookies in every service, and mails the contact a new link. Other services apply this within
 * moments.
 */
@Service
public class NewLinks {

    private final Admissions admissions;
    private final Registrations registrations;
    private final CallerResolver callers;

    NewLinks(Admissions admissions, Registrations registrations, CallerResolver callers) {
        this.admissions = admissions;
        this.registrations = registrations;
        this.callers = callers;
    }

    /**
     * Invalidates the current links on behalf of the contact or an organiser. The contact's own link is among them; afterwards it only
     * gives access to the first reply to the same key.
     *
     * @param key of this request or of the submitted form
     * @param ifMatch the {@code ETag} of the registration as the caller saw it; {@code null} for any
     * @throws Problem as documented for this operation in the HTTP API; {@code rate-limited} after several calls within an hour
     */
    public Result.Done order(HttpServletRequest request, UUID id, IdempotencyKey key, @Nullable String ifMatch) {
        Caller caller = callers.forContact(request, id.toString(), Permission.ORGANISE);
        Registration registration = registrations.require(id, caller);
        Caller acting = caller.in(registration.conference());
        return admissions.executeForReply(new Command.EndLinks(
                registration.conference(),
                id,
                key,
                RequestHash.of(JsonNodeFactory.instance.objectNode()),
                switch (caller) {
                    case Caller.Registrant(var token) -> token.generation();
                    case Caller.Staff _ -> registration.contactLinks().generation();
                },
                acting instanceof Caller.Staff staff ? staff.person() : null,
                null,
                RevisionTag.revision(ifMatch)));
    }

    /** Returns the cookie that makes a browser drop its invalid link. */
    public ResponseCookie forgetting(UUID id) {
        return callers.forgetting(id);
    }

    /** The operation of the HTTP API. */
    @RestController
    static class NewLinkController {

        private final NewLinks links;
        private final Admissions admissions;

        NewLinkController(NewLinks links, Admissions admissions) {
            this.links = links;
            this.admissions = admissions;
        }

        @ApiResponse(
                responseCode = "202",
                description = "The registration; its new link is on its way",
                content = @Content(schema = @Schema(implementation = RegistrationRepresentation.class)))
        @PostMapping("/api/registrations/{id}/new-link")
        ResponseEntity<String> newLink(
                @PathVariable UUID id,
                @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
                @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
                HttpServletRequest request) {
            return Replies.of(links.order(request, id, admissions.key("new-link:" + id, key), ifMatch));
        }
    }
}
