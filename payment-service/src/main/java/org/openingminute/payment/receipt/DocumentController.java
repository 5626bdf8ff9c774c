package org.openingminute.payment.receipt;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.openingminute.payment.access.Access;
import org.openingminute.payment.payment.IssuedDocument;
import org.openingminute.payment.web.PdfAnswer;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
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

    private final Access access;
    private final Documents documents;
    private final BoundedDrawing drawing;
    private final DocumentPdf pdf;

    DocumentController(Access access, Documents documents, BoundedDrawing drawing, DocumentPdf pdf) {
        this.access = access;
        this.documents = documents;
        this.drawing = drawing;
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
        return PdfAnswer.of(
                name + "-" + found.getLast().number(),
                pdf.together(found.stream().map(this::drawn).toList()));
    }

    private byte[] drawn(Documents.Shown document) {
        return switch (document) {
            case Documents.Shown.Drawn drawn -> drawn.pdf();
            case Documents.Shown.ToBeDrawn(DocumentBody body) -> documents.keep(body, drawing.draw(body));
        };
    }
}
