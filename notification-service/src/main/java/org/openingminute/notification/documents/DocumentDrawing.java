package org.openingminute.notification.documents;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.documents.DocumentAccess.Opened;

/** Draws documents, a limited number at once; further requests wait for a limited time. Nothing is stored. */
final class DocumentDrawing {

    private static final Duration COME_AGAIN = Duration.ofSeconds(3);

    private final Pages pages;
    private final PdfPrinter printer;
    private final Bulkhead processors;

    DocumentDrawing(Pages pages, PdfPrinter printer, Bulkhead processors) {
        this.pages = pages;
        this.printer = printer;
        this.processors = processors;
    }

    /**
     * Draws a ticket.
     *
     * @throws Problem {@code not-allowed-now} if there is no usable ticket, {@code unavailable} if too many documents are being drawn
     */
    byte[] ticket(Opened opened) {
        String ticket = opened.requireTicket();
        return drawn(() -> printer.print(pages.ticket(opened, ticket, printer.families())));
    }

    /**
     * Draws an invitation letter, which confirms that the attendee is expected.
     *
     * @throws Problem as {@link #ticket} does
     */
    byte[] letter(Opened opened) {
        opened.requireTicket();
        return drawn(() -> printer.print(pages.letter(opened, printer.families())));
    }

    /**
     * Draws badges, one per page.
     *
     * @param badges at least one
     * @throws Problem {@code unavailable} if too many documents are being drawn
     */
    byte[] badges(List<Badges.Badge> badges, DocumentConference details, Locale language) {
        return drawn(() -> printer.print(pages.badges(badges, details, language, printer.families())));
    }

    private byte[] drawn(Supplier<byte[]> drawing) {
        try {
            return processors.executeSupplier(drawing);
        } catch (BulkheadFullException e) {
            throw new Problem(
                            CommonProblem.UNAVAILABLE,
                            "Many documents are being requested at the moment. Please try again.")
                    .retryAfter(COME_AGAIN);
        }
    }
}
