package org.openingminute.registration.registrations;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.decision.Conference;
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

    /**
     * The registration, for its registrant or for staff with one of the roles.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Registration forCaller(HttpServletRequest request, UUID id, Role... staff) {
        Caller caller = callers.forRegistration(request, id, staff);
        if (caller instanceof Caller.Registrant(var token)) {
            // A genuine token of a missing registration, or of a former generation, counts as ended.
            return openedBy(token).orElseThrow(Problem::unauthenticated);
        }
        return require(id);
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

    private static boolean isCurrent(Registration registration, @Nullable UUID attendee, int generation) {
        return attendee == null
                ? registration.contactLinks().generation() == generation
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

    RegistrationRepresentation represent(Registration registration) {
        return RegistrationRepresentation.of(registration, showing.publicUrl());
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
