package org.openingminute.notification.documents;

import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
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

/** An attendee's documents, for the attendee, the contact, and organisers. */
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
    ResponseEntity<byte[]> ticket(
            @PathVariable String id, @PathVariable String attendeeId, HttpServletRequest request) {
        Opened opened = access.open(request, id, attendeeId);
        return answer(MediaType.APPLICATION_PDF, "ticket", "pdf", opened, drawing.ticket(opened));
    }

    @GetMapping("/invitation-letter.pdf")
    @Operation(summary = "A letter for the visa office: that the attendee is registered and expected")
    ResponseEntity<byte[]> letter(
            @PathVariable String id, @PathVariable String attendeeId, HttpServletRequest request) {
        Opened opened = access.open(request, id, attendeeId);
        return answer(MediaType.APPLICATION_PDF, "invitation", "pdf", opened, drawing.letter(opened));
    }

    @GetMapping("/calendar.ics")
    @Operation(summary = "The calendar entry; that of a cancelled registration takes the former one out of a calendar")
    ResponseEntity<byte[]> calendar(
            @PathVariable String id, @PathVariable String attendeeId, HttpServletRequest request) {
        Opened opened = access.open(request, id, attendeeId);
        CalendarEntry.Written entry = calendar.write(opened, clock.instant());
        return answer(MediaType.parseMediaType(entry.method().mediaType()), "calendar", "ics", opened, entry.bytes());
    }

    private static ResponseEntity<byte[]> answer(
            MediaType type, String name, String ending, Opened opened, byte[] bytes) {
        int nth = opened.order().attendees().indexOf(opened.attendee()) + 1;
        String file = "%s-%s-%d.%s".formatted(name, opened.order().reference(), nth, ending);
        return ResponseEntity.ok()
                .contentType(type)
                .cacheControl(CacheControl.noStore())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.inline().filename(file).build().toString())
                .body(bytes);
    }
}
