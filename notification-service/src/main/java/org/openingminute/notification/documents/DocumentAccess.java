package org.openingminute.notification.documents;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Awaiter;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.notification.documents.DocumentRepository.KnownDocument;
import org.openingminute.notification.projection.RegistrationStatus;
import org.springframework.stereotype.Component;

/**
 * Authorises callers for documents. The event of a new or newly confirmed registration may still be on its way, so a limited number of
 * callers wait for it briefly.
 */
@Component
class DocumentAccess {

    private static final Duration WAIT_AT_MOST = Duration.ofSeconds(3);
    /** Shorter than for registrants, because staff may name any id. */
    private static final Duration STAFF_WAIT_AT_MOST = Duration.ofSeconds(2);

    private static final int WAIT_AT_ONCE = 32;

    private final CallerResolver callers;
    private final DocumentRepository repository;
    private final AuditLog audit;
    private final Awaiter awaiter = new Awaiter(WAIT_AT_ONCE);

    DocumentAccess(CallerResolver callers, DocumentRepository repository, AuditLog audit) {
        this.callers = callers;
        this.repository = repository;
        this.audit = audit;
    }

    /** The order, attendee and conference that the caller may see. */
    record Opened(DocumentSubject order, DocumentSubject.TicketHolder attendee, DocumentConference details) {

        /** @throws Problem {@code not-allowed-now} while there is no usable ticket */
        String requireTicket() {
            if (order.status() != RegistrationStatus.CONFIRMED) {
                throw new Problem(
                        CommonProblem.NOT_ALLOWED_NOW,
                        "Tickets and letters are available once the registration is confirmed.");
            }
            if (attendee.ticket() == null) {
                throw new Problem(CommonProblem.NOT_ALLOWED_NOW, "The ticket cannot be used at the moment.");
            }
            return attendee.ticket();
        }
    }

    /**
     * Opens an attendee's document for the caller.
     *
     * @param registration the registration's id from the path
     * @param attendee the attendee's number from the path
     * @throws Problem {@code unauthenticated}, {@code forbidden}, {@code not-found}, or {@code unavailable} if the document exists but
     *     its state was not received yet
     */
    Opened open(HttpServletRequest request, String registration, String attendee) {
        Caller caller = callers.forAttendee(request, registration, attendee, Permission.ORGANISE);
        DocumentSubject order = switch (caller) {
            case Caller.Registrant(AccessToken token) -> own(token);
            case Caller.Staff staff -> {
                DocumentSubject found = Ids.read(registration)
                        .flatMap(id -> awaiter.await(() -> repository.order(id), STAFF_WAIT_AT_MOST))
                        .map(KnownDocument::order)
                        .orElseThrow(() -> notFound("There is no such registration."));
                audit.write(new Person.AuditEntry(
                        staff.in(found.conference()).person(),
                        "opened a document",
                        found.conference(),
                        Ids.read(registration).orElse(null)));
                yield found;
            }
        };
        DocumentSubject.TicketHolder found = Ids.read(attendee)
                .flatMap(order::attendee)
                .orElseThrow(() -> notFound("There is no such attendee in this registration."));
        DocumentConference details =
                repository.conference(order.conference()).orElseThrow(DocumentAccess::notReceivedYet);
        return new Opened(order, found, details);
    }

    private DocumentSubject own(AccessToken token) {
        KnownDocument known = awaiter.await(
                        () -> repository.order(token.registration()), each -> isSettled(each, token), WAIT_AT_MOST)
                .orElseThrow(DocumentAccess::notReceivedYet);
        long current = generation(known.order(), token);
        if (token.generation() < current) {
            throw Problem.unauthenticated();
        }
        if (token.generation() > current) {
            throw notReceivedYet();
        }
        return known.order();
    }

    /**
     * Returns whether the stored state is current: no confirmation is on its way, and no transfer that the caller's token already reflects.
     */
    private static boolean isSettled(KnownDocument known, AccessToken token) {
        boolean confirmationIsComing = known.paid()
                && switch (known.order().status()) {
                    case PENDING_PAYMENT -> true;
                    case PENDING_REVIEW, CONFIRMED, REJECTED, EXPIRED, CANCELLED, UNKNOWN -> false;
                };
        return !confirmationIsComing && token.generation() <= generation(known.order(), token);
    }

    /** Returns the generation that a valid token has now. */
    private static long generation(DocumentSubject order, AccessToken token) {
        return token.attendee() == null
                ? order.contactGeneration()
                : order.attendee(token.attendee())
                        .orElseThrow(Problem::unauthenticated)
                        .generation();
    }

    private static Problem notFound(String what) {
        return new Problem(CommonProblem.NOT_FOUND, what);
    }

    private static Problem notReceivedYet() {
        return new Problem(CommonProblem.UNAVAILABLE, "This registration is not known here yet.")
                .retryAfter(Duration.ofSeconds(1));
    }
}
