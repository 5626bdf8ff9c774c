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

/** Draws documents, a limited number at once; further requests wait for a while. Nothing is stored. */
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

    /** @throws Problem {@code not-allowed-now} while there is none, {@code unavailable} if too many are being drawn */
    byte[] ticket(Opened opened) {
        String ticket = opened.requireTicket();
        return drawn(() -> printer.print(pages.ticket(opened, ticket, printer.families())));
    }

    /**
     * @throws Problem as {@link #ticket} does, because a letter confirms that the attendee is expected
     */
    byte[] letter(Opened opened) {
        opened.requireTicket();
        return drawn(() -> printer.print(pages.letter(opened, printer.families())));
    }

    /**
     * @param badges one at least, each a page
     * @throws Problem {@code unavailable} if too many documents are being drawn
     */
    byte[] badges(List<Badges.Badge> badges, Occasion occasion, Locale language) {
        return drawn(() -> printer.print(pages.badges(badges, occasion, language, printer.families())));
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
