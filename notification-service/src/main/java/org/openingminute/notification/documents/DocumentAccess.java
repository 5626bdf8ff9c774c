package org.openingminute.notification.documents;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.notification.documents.DocumentRepository.KnownDocument;
import org.openingminute.notification.projection.RegistrationStatus;
import org.springframework.stereotype.Component;

/**
 * Authorises callers for documents. The event of a registration that was just confirmed may still be on its way, so a few
 * callers at a time wait for it for a moment.
 */
@Component
class DocumentAccess {

    private static final Duration WAIT_AT_MOST = Duration.ofSeconds(3);
    private static final Duration POLL_EVERY = Duration.ofMillis(100);
    private static final int WAIT_AT_ONCE = 32;

    private final CallerResolver callers;
    private final DocumentRepository repository;
    private final AuditLog audit;
    private final Semaphore waiting = new Semaphore(WAIT_AT_ONCE);

    DocumentAccess(CallerResolver callers, DocumentRepository repository, AuditLog audit) {
        this.callers = callers;
        this.repository = repository;
        this.audit = audit;
    }

    /** The order, attendee and conference that the caller may see. */
    record Opened(DocumentSubject order, DocumentSubject.TicketHolder attendee, Occasion occasion) {

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
     * An attendee's registration.
     *
     * @param registration as it stands in the path
     * @param attendee as it stands in the path
     * @throws Problem {@code unauthenticated}, {@code forbidden}, {@code not-found}, or {@code unavailable} if the document
     *     exists and its state was not received yet
     */
    Opened open(HttpServletRequest request, String registration, String attendee) {
        Caller caller = callers.forAttendee(request, registration, attendee, Permission.ORGANISE);
        DocumentSubject order = switch (caller) {
            case Caller.Registrant(AccessToken token) -> own(token);
            case Caller.Staff staff -> {
                DocumentSubject found = Ids.read(registration)
                        .flatMap(repository::order)
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
        Occasion occasion = repository.occasion(order.conference()).orElseThrow(DocumentAccess::notReceivedYet);
        return new Opened(order, found, occasion);
    }

    private DocumentSubject own(AccessToken token) {
        KnownDocument known = settled(token.registration(), each -> isSettled(each, token))
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

    /** Whether neither a confirmation is on its way, nor a transfer that the caller's token already reflects. */
    private static boolean isSettled(KnownDocument known, AccessToken token) {
        boolean confirmationIsComing = known.paid()
                && switch (known.order().status()) {
                    case PENDING_PAYMENT -> true;
                    case PENDING_REVIEW, CONFIRMED, REJECTED, EXPIRED, CANCELLED, UNKNOWN -> false;
                };
        return !confirmationIsComing && token.generation() <= generation(known.order(), token);
    }

    /** The generation of the tokens that are valid now. */
    private static long generation(DocumentSubject order, AccessToken token) {
        return token.attendee() == null
                ? order.contactGeneration()
                : order.attendee(token.attendee())
                        .orElseThrow(Problem::unauthenticated)
                        .generation();
    }

    private Optional<KnownDocument> settled(UUID registration, Predicate<KnownDocument> settled) {
        Optional<KnownDocument> known = repository.order(registration);
        if (known.filter(settled).isPresent() || !waiting.tryAcquire()) {
            return known;
        }
        try {
            long end = System.nanoTime() + WAIT_AT_MOST.toNanos();
            while (known.filter(settled).isEmpty() && System.nanoTime() < end) {
                Thread.sleep(POLL_EVERY);
                known = repository.order(registration);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.release();
        }
        return known;
    }

    private static Problem notFound(String what) {
        return new Problem(CommonProblem.NOT_FOUND, what);
    }

    private static Problem notReceivedYet() {
        return new Problem(CommonProblem.UNAVAILABLE, "This registration is not known here yet.")
                .retryAfter(Duration.ofSeconds(1));
    }
}
