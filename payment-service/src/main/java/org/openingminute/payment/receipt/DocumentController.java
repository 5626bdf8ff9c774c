package org.openingminute.payment.receipt;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openingminute.payment.access.Access;
import org.openingminute.payment.payment.IssuedDocument;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Receipts and credit notes for those who may see the payment. */
@RestController
@RequestMapping("/api/registrations/{registrationId}")
@Tag(name = "Payments")
final class DocumentController {

    /** Drawing keeps a processor busy: so many at once, the others wait for a while. */
    private static final Duration WAIT_AT_MOST = Duration.ofSeconds(5);

    private final Access access;
    private final Documents documents;
    private final DocumentPdf pdf;
    private final Semaphore processors = new Semaphore(Runtime.getRuntime().availableProcessors());

    DocumentController(Access access, Documents documents, DocumentPdf pdf) {
        this.access = access;
        this.documents = documents;
        this.pdf = pdf;
    }

    @GetMapping(path = "/receipt.pdf")
    @Operation(summary = "The receipt")
    ResponseEntity<byte[]> receipt(@PathVariable String registrationId, HttpServletRequest request) {
        return show(IssuedDocument.Kind.RECEIPT, "receipt", registrationId, request);
    }

    @GetMapping(path = "/credit-note.pdf")
    @Operation(summary = "The credit notes, one for each refund, as one document")
    ResponseEntity<byte[]> creditNote(@PathVariable String registrationId, HttpServletRequest request) {
        return show(IssuedDocument.Kind.CREDIT_NOTE, "credit-note", registrationId, request);
    }

    private ResponseEntity<byte[]> show(
            IssuedDocument.Kind kind, String name, String registrationId, HttpServletRequest request) {
        Access.Granted granted = access.require(request, registrationId);
        List<Documents.Shown> found = documents.all(granted.registration(), kind);
        if (found.isEmpty()) {
            throw new Problem(
                    ProblemCode.NOT_FOUND,
                    kind == IssuedDocument.Kind.RECEIPT ? "There is no receipt yet." : "There is no credit note.");
        }
        byte[] bytes = pdf.together(found.stream().map(this::drawn).toList());
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_PDF)
                .cacheControl(CacheControl.noStore())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.inline()
                                .filename(name + "-" + found.getLast().number() + ".pdf")
                                .build()
                                .toString())
                .body(bytes);
    }

    private byte[] drawn(Documents.Shown document) {
        return switch (document) {
            case Documents.Shown.Drawn drawn -> drawn.pdf();
            case Documents.Shown.ToBeDrawn(DocumentBody body) -> draw(body);
        };
    }

    private byte[] draw(DocumentBody body) {
        try {
            if (!processors.tryAcquire(WAIT_AT_MOST.toMillis(), TimeUnit.MILLISECONDS)) {
                throw busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        }
        try {
            return documents.keep(body, pdf.draw(body));
        } finally {
            processors.release();
        }
    }

    private static Problem busy() {
        return Problem.unavailable(
                "Many documents are asked for at the moment. Please try again.", Duration.ofSeconds(3));
    }
}
