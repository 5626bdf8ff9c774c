package org.openingminute.notification.documents;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.openingminute.kit.web.PdfResponse;
import org.openingminute.notification.documents.DocumentAccess.Opened;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Downloads of an attendee's documents, for the attendee, the contact and organisers. */
@RestController
@RequestMapping("/api/registrations/{id}/attendees/{attendeeId}")
final class DocumentController {

    private final DocumentAccess access;
    private final DocumentDrawing drawing;
    private final CalendarEntry calendar;
    private final Clock clock;

    DocumentController(DocumentAccess access, DocumentDrawing drawing, CalendarEntry calendar, Clock clock) {
        this.access = access;
        this.drawing = drawing;
        this.calendar = calendar;
        this.clock = clock;
    }

    @GetMapping("/ticket.pdf")
    @Operation(summary = "The ticket, with a signed QR code")
    @ApiResponse(
            responseCode = "200",
            description = "A PDF",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PDF_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    ResponseEntity<byte[]> ticket(
            @PathVariable String id, @PathVariable String attendeeId, HttpServletRequest request) {
        Opened opened = access.open(request, id, attendeeId);
        return PdfResponse.of(name("ticket", opened), drawing.ticket(opened));
    }

    @GetMapping("/invitation-letter.pdf")
    @Operation(summary = "An invitation letter for a visa application")
    @ApiResponse(
            responseCode = "200",
            description = "A PDF",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_PDF_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    ResponseEntity<byte[]> letter(
            @PathVariable String id, @PathVariable String attendeeId, HttpServletRequest request) {
        Opened opened = access.open(request, id, attendeeId);
        return PdfResponse.of(name("invitation", opened), drawing.letter(opened));
    }

    @GetMapping("/calendar.ics")
    @Operation(summary = "The calendar entry; after a cancellation it removes the earlier entry from a calendar")
    @ApiResponse(
            responseCode = "200",
            description = "An iCalendar file",
            content = @Content(mediaType = "text/calendar", schema = @Schema(type = "string")))
    ResponseEntity<byte[]> calendar(
            @PathVariable String id, @PathVariable String attendeeId, HttpServletRequest request) {
        Opened opened = access.open(request, id, attendeeId);
        CalendarEntry.Written entry = calendar.write(opened, clock.instant());
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(entry.method().mediaType()))
                .cacheControl(CacheControl.noStore())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.inline()
                                .filename(name("calendar", opened) + ".ics")
                                .build()
                                .toString())
                .body(entry.bytes());
    }

    private static String name(String document, Opened opened) {
        int nth = opened.order().attendees().indexOf(opened.attendee()) + 1;
        return "%s-%s-%d".formatted(document, opened.order().reference(), nth);
    }
}
