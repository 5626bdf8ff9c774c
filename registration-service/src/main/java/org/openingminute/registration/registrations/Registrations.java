package org.openingminute.registration.registrations;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.sale.RefundPolicy;
import org.springframework.stereotype.Service;

/** Finds registrations and shows them to callers that may see them. */
@Service
public class Registrations {

    private final RegistrationRepository repository;
    private final TimelineRepository timeline;
    private final ConferenceCache conferences;
    private final CallerResolver callers;
    private final Showing showing;

    /** The clock and the public URL that are used to show registrations. */
    record Showing(BusinessClock clock, String publicUrl) {}

    Registrations(
            RegistrationRepository repository,
            TimelineRepository timeline,
            ConferenceCache conferences,
            CallerResolver callers,
            Showing showing) {
        this.repository = repository;
        this.timeline = timeline;
        this.conferences = conferences;
        this.callers = callers;
        this.showing = showing;
    }

    /** A registration, and the caller for whom it was opened. */
    public record Opened(Registration registration, Caller caller) {

        /** An organiser, who may do what the registrant may and is named; {@code null} for a registrant. */
        public @Nullable Person organiser() {
            return switch (caller) {
                case Caller.Staff staff -> staff.person();
                case Caller.Registrant _ -> null;
            };
        }

        /** The attendee who sees only the own part of it; {@code null} for the contact and for staff. */
        public @Nullable UUID attendee() {
            return switch (caller) {
                case Caller.Staff _ -> null;
                case Caller.Registrant(AccessToken token) -> token.attendee();
            };
        }

        /** An answer whose body is the representation, with what the caller may see of it. */
        public Result.Done answer(Result.Done done) {
            return attendee() == null
                    ? done
                    : new Result.Done(
                            done.how(),
                            Documents.json(Documents.value(done.body(), RegistrationRepresentation.class)
                                    .seenBy(caller)),
                            done.registration());
        }
    }

    /**
     * The registration, for its contact, each of its attendees, or staff with one of the roles, who see different parts of it.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forCaller(HttpServletRequest request, UUID id, Role... staff) {
        return opened(id, callers.forRegistration(request, id, staff));
    }

    /**
     * The registration, for its contact or an organiser.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forContact(HttpServletRequest request, UUID id) {
        return opened(id, callers.forContact(request, id.toString(), Role.ORGANISER));
    }

    /**
     * The registration, for its contact, an organiser, or the attendee whose own business the call is.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forAttendee(HttpServletRequest request, UUID id, UUID attendee) {
        return opened(id, callers.forAttendee(request, id.toString(), attendee.toString(), Role.ORGANISER));
    }

    private Opened opened(UUID id, Caller caller) {
        Registration registration = require(id, caller);
        if (!isStillOpen(registration, caller)) {
            throw Problem.unauthenticated();
        }
        return new Opened(registration, caller);
    }

    /** The registration that a caller names, whose token may have ended; a genuine token of a missing one has. */
    Registration require(UUID id, Caller caller) {
        return repository.find(id).orElseThrow(() -> switch (caller) {
            case Caller.Registrant _ -> Problem.unauthenticated();
            case Caller.Staff _ -> Problem.notFound();
        });
    }

    /** The registration that a token opens; empty if the token has ended. */
    public Optional<Registration> openedBy(AccessToken token) {
        return repository
                .find(token.registration())
                .filter(registration -> isCurrent(registration, token.attendee(), token.generation()));
    }

    /** Whether a registration is open to a caller who saw it before; links may have been taken back since. */
    static boolean isStillOpen(Registration now, Caller caller) {
        return switch (caller) {
            case Caller.Registrant(var token) -> isCurrent(now, token.attendee(), token.generation());
            case Caller.Staff _ -> true;
        };
    }

    /** A contact's genuine link of a generation that is not known here was given before this database was restored. */
    private static boolean isCurrent(Registration registration, @Nullable UUID attendee, int generation) {
        return attendee == null
                ? registration.contactLinks().generation() <= generation
                : registration.attendees().stream()
                        .anyMatch(a -> a.id().equals(attendee) && a.generation() == generation);
    }

    /**
     * The registration with that id.
     *
     * @throws Problem {@code not-found}
     */
    public Registration require(UUID id) {
        return repository.find(id).orElseThrow(Problem::notFound);
    }

    /**
     * The conference with that slug, as it was a moment ago.
     *
     * @throws Problem {@code not-found}
     */
    public Conference requireConference(String slug) {
        return conferences.find(slug).orElseThrow(Problem::notFound);
    }

    /** What the caller may see of the registration. */
    RegistrationRepresentation represent(Opened opened) {
        return RegistrationRepresentation.of(opened.registration(), showing.publicUrl())
                .seenBy(opened.caller());
    }

    /** Its timeline, oldest first. */
    public List<TimelineRepository.Entry> timeline(UUID id) {
        return timeline.of(id);
    }

    /** The refund of a cancellation now. */
    public RefundPolicy.QuotedRefund refundNow(Registration registration) {
        return registration.refundNow(showing.clock().now());
    }
}
