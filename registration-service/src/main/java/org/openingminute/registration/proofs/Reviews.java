package org.openingminute.registration.proofs;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.registration.acts.ActCall;
import org.openingminute.registration.acts.ActPreview;
import org.openingminute.registration.acts.Acts;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.registrations.Registrations;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;

/** Organisers' actions on proofs: decide, preview and read. */
@Service
class Reviews {

    private final Admissions admissions;
    private final Registrations registrations;
    private final ProofRepository files;
    private final PastReviews past;
    private final AuditLog audit;
    private final BusinessClock clock;
    private final Acts acts;

    Reviews(
            Admissions admissions,
            Registrations registrations,
            ProofRepository files,
            PastReviews past,
            AuditLog audit,
            BusinessClock clock,
            Acts acts) {
        this.admissions = admissions;
        this.acts = acts;
        this.registrations = registrations;
        this.files = files;
        this.past = past;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * An organiser's decision.
     *
     * @param attendee the attendee's id as it was sent; {@code null} for all attendees
     * @param reason of a refusal; {@code null} for none
     */
    record Verdict(
            boolean accept,
            @Nullable String attendee,
            @Nullable String reason,
            Person organiser) {}

    /** Returns the organiser with the roles for the registration's conference; see {@link Registrations#in}. */
    Caller.Staff in(UUID id, Caller.Staff organiser) {
        return registrations.in(id, organiser);
    }

    /**
     * Executes a decision and returns the reply or, for a dry run, the effects.
     *
     * @throws Problem as documented for this operation in the HTTP API; if somebody decided earlier, it names the person and the time
     */
    ResponseEntity<String> judge(UUID id, JsonNode body, ActCall call, Verdict verdict) {
        Registration registration = registrations.require(id);
        @Nullable UUID attendee = verdict.attendee() == null ? null : attendeeId(registration, verdict.attendee());
        try {
            return acts.answer(
                    call,
                    new Command.Review(
                            registration.conference(),
                            id,
                            admissions.key("review:" + id, call.key()),
                            RequestHash.of(body),
                            verdict.accept(),
                            attendee,
                            verdict.reason(),
                            verdict.organiser(),
                            call.ifRevision()));
        } catch (Problem refused) {
            throw past.withPastReview(refused, id, attendee);
        }
    }

    /** The effects of accepting and of refusing a proof. */
    record ForeseenReview(ActPreview accepted, ActPreview refused) {}

    /** Returns the effects of both decisions now; empty if the proof can no longer be decided. */
    Optional<ForeseenReview> foresee(Registration registration, Attendee attendee, Person organiser) {
        try {
            return Optional.of(new ForeseenReview(
                    foresee(registration, attendee, organiser, true),
                    foresee(registration, attendee, organiser, false)));
        } catch (Problem refused) {
            if (refused.code() != CommonProblem.NOT_ALLOWED_NOW) {
                throw refused;
            }
            return Optional.empty();
        }
    }

    private ActPreview foresee(Registration registration, Attendee attendee, Person organiser, boolean accept) {
        return acts.foresee(new Command.Review(
                registration.conference(),
                registration.id(),
                admissions.key("review:" + registration.id(), null),
                RequestHash.of(Documents.treeOf(Map.of("accept", accept))),
                accept,
                attendee.id(),
                null,
                organiser));
    }

    /** Finds the attendee; a malformed id is refused like an unknown one. */
    private static UUID attendeeId(Registration registration, String id) {
        return registration.attendees().stream()
                .map(Attendee::id)
                .filter(known -> known.toString().equalsIgnoreCase(id))
                .findFirst()
                .orElseThrow(Problem::notFound);
    }

    /**
     * Returns a registration of the conference.
     *
     * @throws Problem {@code not-found} if the conference has none with that id
     */
    Registration require(String conference, UUID id) {
        Registration registration = registrations.require(id);
        if (!registration.conference().equals(conference)) {
            throw Problem.notFound();
        }
        return registration;
    }

    /** Returns a registration of the conference, and records in the audit that the organiser opened it. */
    Registration open(String conference, UUID id, Person organiser) {
        Registration registration = require(conference, id);
        audit.write(new Person.AuditEntry(organiser, "opened a registration", conference, id), clock.now());
        return registration;
    }

    /** Returns the media type of an attendee's file; empty if there is no file. */
    Optional<String> contentType(Attendee attendee) {
        return Optional.ofNullable(attendee.proofFile()).flatMap(files::contentType);
    }

    /** A file and its name for saving. */
    record Sent(String name, ProofRepository.Stored file) {}

    /**
     * Returns the file that counts, and records the access in the audit. If the file is replaced between the two reads, its replacement is
     * read.
     */
    Sent proof(UUID id, UUID attendee, Person organiser) {
        Sent sent = current(id, attendee).or(() -> current(id, attendee)).orElseThrow(Problem::notFound);
        audit.write(
                new Person.AuditEntry(
                        organiser,
                        "opened a proof",
                        registrations.require(id).conference(),
                        id,
                        null,
                        Documents.treeOf(Map.of("attendee", attendee)),
                        null),
                clock.now());
        return sent;
    }

    private Optional<Sent> current(UUID id, UUID attendee) {
        Registration registration = registrations.require(id);
        return registration.attendees().stream()
                .filter(each -> each.id().equals(attendee))
                .findFirst()
                .flatMap(each -> Optional.ofNullable(each.proofFile()))
                .flatMap(files::find)
                .map(file -> new Sent(
                        "proof-" + registration.reference() + "." + file.type().suffix(), file));
    }
}
