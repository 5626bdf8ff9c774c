package org.openingminute.payment.documents;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.PdfResponse;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Downloads of receipts and credit notes for callers who may see the payment. */
@RestController
@RequestMapping("/api/registrations/{registrationId}")
@Tag(name = "Payments")
final class DocumentController {

    private final CallerResolver callers;
    private final Documents documents;
    private final BoundedDrawing drawing;
    private final DocumentPdf pdf;
    private final AuditLog audit;

    DocumentController(
            CallerResolver callers, Documents documents, BoundedDrawing drawing, DocumentPdf pdf, AuditLog audit) {
        this.callers = callers;
        this.documents = documents;
        this.drawing = drawing;
        this.pdf = pdf;
        this.audit = audit;
    }

    @GetMapping(path = "/receipt.pdf")
    @Operation(summary = "The receipt")
    ResponseEntity<byte[]> receipt(@PathVariable String registrationId, HttpServletRequest request) {
        return show(IssuedDocument.IssuedKind.RECEIPT, "receipt", registrationId, request);
    }

    @GetMapping(path = "/credit-note.pdf")
    @Operation(summary = "The credit notes, one for each refund, as one document")
    ResponseEntity<byte[]> creditNote(@PathVariable String registrationId, HttpServletRequest request) {
        return show(IssuedDocument.IssuedKind.CREDIT_NOTE, "credit-note", registrationId, request);
    }

    private ResponseEntity<byte[]> show(
            IssuedDocument.IssuedKind kind, String name, String registrationId, HttpServletRequest request) {
        Caller caller = callers.forContact(request, registrationId, Permission.KEEP_ACCOUNTS);
        Optional<UUID> registration = Ids.read(registrationId);
        Optional<String> conference =
                caller instanceof Caller.Staff ? registration.flatMap(documents::conference) : Optional.empty();
        switch (caller) {
            case Caller.Registrant contact ->
                contact.requireNotEnded(
                        documents.contactGeneration(contact.token().registration()));
            case Caller.Staff staff -> conference.ifPresent(staff::in);
        }
        List<Documents.Shown> found =
                registration.map(id -> documents.all(id, kind)).orElse(List.of());
        if (found.isEmpty()) {
            throw kind == IssuedDocument.IssuedKind.RECEIPT
                    ? new Problem(CommonProblem.NOT_FOUND, "There is no receipt yet.").because("no-receipt")
                    : new Problem(CommonProblem.NOT_FOUND, "There is no credit note.").because("no-credit-note");
        }
        if (caller instanceof Caller.Staff staff) {
            conference.ifPresent(slug -> audit.write(new Person.AuditEntry(
                    staff.in(slug).person(), "opened a " + name.replace('-', ' '), slug, registration.orElse(null))));
        }
        return PdfResponse.of(
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
