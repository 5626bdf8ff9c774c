package org.openingminute.payment.documents;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import org.openingminute.kit.problem.Problem;
import org.springframework.stereotype.Component;

/** Limits how many documents are drawn at once to the number of processors, because each drawing occupies one. */
@Component
final class BoundedDrawing {

    private static final Duration WAIT_AT_MOST = Duration.ofSeconds(5);

    private final DocumentPdf pdf;
    private final Bulkhead processors;

    BoundedDrawing(DocumentPdf pdf, BulkheadRegistry bulkheads) {
        this.pdf = pdf;
        this.processors = bulkheads.bulkhead(
                "documents",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(Runtime.getRuntime().availableProcessors())
                        .maxWaitDuration(WAIT_AT_MOST)
                        .build());
    }

    /**
     * Draws a document.
     *
     * @throws Problem 503 if other drawings take too long
     */
    byte[] draw(DocumentBody body) {
        try {
            return processors.executeSupplier(() -> pdf.draw(body));
        } catch (BulkheadFullException _) {
            throw Problem.unavailable("Many documents are being requested at the moment. Please try again.")
                    .because("documents-busy")
                    .retryAfter(Duration.ofSeconds(3));
        }
    }
}
