package org.openingminute.notification.documents;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.PdfResponse;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.notification.documents.DocumentSubject.TicketHolder;
import org.openingminute.notification.projection.RegistrationStatus;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Downloads of badges as PDF: files of many for organisers, and single badges for door staff as well. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}")
final class BadgeController {

    private final CallerResolver callers;
    private final DocumentRepository repository;
    private final Badges badges;
    private final DocumentDrawing drawing;
    private final AuditLog audit;

    BadgeController(
            CallerResolver callers,
            DocumentRepository repository,
            Badges badges,
            DocumentDrawing drawing,
            AuditLog audit) {
        this.callers = callers;
        this.repository = repository;
        this.badges = badges;
        this.drawing = drawing;
        this.audit = audit;
    }

    @GetMapping("/badges.pdf")
    @Operation(
            summary = "Badges of the attendees whose tickets are good, one on each page",
            description = "500 at most; where there are more, a Link with rel=next leads to the next file.")
    @ApiResponse(
            responseCode = "200",
            description = "A page of 105 x 74 mm for each badge",
            headers =
                    @Header(
                            name = HttpHeaders.LINK,
                            description = "Where there are more: the next file, with rel=next",
                            schema = @Schema(type = "string")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PDF_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    ResponseEntity<byte[]> badges(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String category,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            Locale language,
            HttpServletRequest request) {
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        DocumentConference details = repository.conference(slug).orElseThrow(Problem::notFound);
        @Nullable String chosen = category == null || category.isEmpty() ? null : category;
        int most = limit(limit);
        Badges.Part part = badges.part(details, chosen, Badges.Place.read(after), most);
        if (part.badges().isEmpty()) {
            throw new Problem(CommonProblem.NOT_FOUND, "There are no badges here.");
        }
        ObjectNode what = JsonNodeFactory.instance
                .objectNode()
                .put("category", chosen)
                .put("badges", part.badges().size());
        audit.write(new Person.AuditEntry(organiser.person(), "exported badges", slug, null, null, what, null));
        ResponseEntity<byte[]> file =
                PdfResponse.of(slug + "-badges", drawing.badges(part.badges(), details, language));
        return part.next() == null
                ? file
                : ResponseEntity.ok()
                        .headers(file.getHeaders())
                        .header(HttpHeaders.LINK, "<" + address(slug, chosen, most, part.next()) + ">; rel=\"next\"")
                        .body(file.getBody());
    }

    @GetMapping("/attendees/{attendeeId}/badge.pdf")
    @Operation(summary = "The badge of an attendee whose ticket is good")
    @ApiResponse(
            responseCode = "200",
            description = "A page of 105 x 74 mm",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PDF_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    ResponseEntity<byte[]> badge(
            @PathVariable String slug, @PathVariable String attendeeId, Locale language, HttpServletRequest request) {
        Caller.Staff staff = callers.staff(request, Permission.ADMIT, slug);
        DocumentConference details = repository.conference(slug).orElseThrow(Problem::notFound);
        DocumentSubject order = Ids.read(attendeeId)
                .flatMap(repository::ofAttendee)
                .filter(found -> found.conference().equals(slug))
                .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such attendee."));
        TicketHolder attendee = Ids.read(attendeeId).flatMap(order::attendee).orElseThrow(Problem::notFound);
        if (order.status() != RegistrationStatus.CONFIRMED || attendee.ticket() == null) {
            throw new Problem(CommonProblem.NOT_ALLOWED_NOW, "This attendee has no good ticket.");
        }
        ObjectNode what = JsonNodeFactory.instance.objectNode().put("attendee", attendeeId);
        audit.write(new Person.AuditEntry(staff.person(), "opened a badge", slug, order.id(), null, what, null));
        return PdfResponse.of(
                slug + "-badge", drawing.badges(List.of(Badges.Badge.of(attendee, details)), details, language));
    }

    /** Returns the address of a file of badges. */
    static String address(String slug, @Nullable String category, int limit, Badges.@Nullable Place from) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath("/api/admin/conferences/{slug}/badges.pdf")
                .queryParam("limit", limit);
        if (category != null) {
            address.queryParam("category", "{category}");
        }
        if (from != null) {
            address.queryParam("after", from);
        }
        return category == null
                ? address.encode().buildAndExpand(slug).toUriString()
                : address.encode().buildAndExpand(slug, category).toUriString();
    }

    private static int limit(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Badges.MOST;
        }
        if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > Badges.MOST) {
            throw Problem.invalid("limit", "out-of-range", "must be a number from {} to {}", 1, Badges.MOST);
        }
        return Integer.parseInt(text);
    }
}
