package org.openingminute.payment.documents;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import org.openingminute.kit.problem.Problem;
import org.springframework.stereotype.Component;

/** Draws at most as many documents at once as there are processors, because each keeps one busy. */
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

    /** @throws Problem 503 if drawing others takes too long */
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
