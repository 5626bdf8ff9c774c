package org.openingminute.registration.checkin;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.checkin.CheckInRepository.CheckInKey;
import org.openingminute.registration.checkin.TicketHolders.TicketHolder;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Registration.TicketState;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.lifecycle.TicketSigner.Ticket;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Checks attendees in, each at most once across all gates and instances, and undoes check-ins. */
@Service
class CheckIns {

    /** How often an insert is retried if the conflicting check-in was undone before it could be read. */
    private static final int TRIES = 5;

    /** How old the scan of an offline gate may be. */
    private static final Duration LONGEST_OFFLINE = Duration.ofDays(30);

    private final TicketSigner tickets;
    private final TicketHolders holders;
    private final CheckInRepository repository;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Conferences conferences;
    private final Ids ids;

    CheckIns(
            TicketSigner tickets,
            TicketHolders holders,
            CheckInRepository repository,
            AuditLog audit,
            TransactionTemplate transaction,
            Conferences conferences,
            Ids ids) {
        this.tickets = tickets;
        this.holders = holders;
        this.repository = repository;
        this.audit = audit;
        this.transaction = transaction;
        this.conferences = conferences;
        this.ids = ids;
    }

    /**
     * A person at a gate, with a ticket or found by name.
     *
     * @param conference the gate's conference; {@code null} if the gate does not state it
     * @param at when the ticket was scanned; {@code null} for now
     */
    record Arrival(
            @Nullable String ticket,
            @Nullable UUID attendee,
            @Nullable String conference,
            String gate,
            @Nullable Instant at) {}

    /** A check-in and the attendee. */
    record Admitted(CheckIn checkIn, TicketHolder holder) {}

    /**
     * Checks an attendee in. A repeated request with the same key gets the first reply.
     *
     * @throws Problem {@code invalid} for an unknown ticket or attendee, {@code forbidden} for another conference than the caller's, {@code
     *     not-allowed-now} for a ticket that is not valid at this gate, {@code already-checked-in}
     */
    Admitted checkIn(Arrival arrival, @Nullable CheckInKey key, Caller.Staff caller) {
        @Nullable Ticket ticket = ticket(arrival);
        TicketHolder holder = holders.find(ticket == null ? attendee(arrival) : ticket.attendee())
                .orElseThrow(() -> nobodys(ticket == null ? "attendee" : "ticket"));
        String conference = holder.registration().conference();
        if (arrival.conference() != null && !arrival.conference().equals(conference)) {
            throw useless("other-conference", "This ticket is for another conference.");
        }
        Person person = caller.in(conference).person();
        Optional<Problem> refusal = refusal(holder, ticket);
        if (refusal.isPresent()) {
            return repeated(conference, key).orElseThrow(refusal::get);
        }
        Instant at = at(arrival, conference);
        for (int i = 0; i < TRIES; i++) {
            CheckIn made = new CheckIn(
                    ids.next(), holder.attendee().id(), holder.registration().id(), arrival.gate(), at, null);
            if (Boolean.TRUE.equals(transaction.execute(_ -> insert(made, holder, key, person)))) {
                return new Admitted(made, holder);
            }
            Optional<Admitted> meanwhile = repeated(conference, key);
            if (meanwhile.isPresent()) {
                return meanwhile.get();
            }
            Optional<CheckIn> first = repository.inForce(holder.attendee().id());
            if (first.isPresent()) {
                throw already(first.get(), holder);
            }
        }
        throw Problem.unavailable("This attendee's check-in is being undone.");
    }

    private @Nullable Ticket ticket(Arrival arrival) {
        @Nullable String text = arrival.ticket();
        return text == null ? null : tickets.read(text).orElseThrow(() -> nobodys("ticket"));
    }

    private static UUID attendee(Arrival arrival) {
        return Optional.ofNullable(arrival.attendee()).orElseThrow(() -> nobodys("attendee"));
    }

    private static Problem nobodys(String field) {
        return Problem.invalid(field, field.equals("ticket") ? "not-a-ticket" : "unknown-attendee", "is none of ours");
    }

    /**
     * Returns the time of arrival, in microseconds as the database stores it. A phone's clock may be wrong: a time in the future, before
     * the sale or more than 30 days ago is replaced by now.
     */
    private Instant at(Arrival arrival, String conference) {
        Instant now = conferences.now();
        @Nullable Instant at = arrival.at();
        boolean possible = at != null
                && !at.isAfter(now)
                && !at.isBefore(now.minus(LONGEST_OFFLINE))
                && !at.isBefore(conferences
                        .require(conference)
                        .definition()
                        .registration()
                        .sale()
                        .opensAt());
        return (possible && at != null ? at : now).truncatedTo(ChronoUnit.MICROS);
    }

    /** Returns why a ticket is not valid, or, without a ticket, why the attendee found by name has no valid one; empty if valid. */
    private static Optional<Problem> refusal(TicketHolder holder, @Nullable Ticket ticket) {
        if (ticket != null && ticket.generation() < holder.attendee().generation()) {
            return Optional.of(useless(
                    TicketState.ENDED.wireName(), "This ticket has ended: the seat was given to somebody else."));
        }
        TicketState state = holder.registration().tickets();
        return switch (state) {
            case VALID -> Optional.empty();
            case ENDED ->
                Optional.of(useless(state.wireName(), "This ticket has ended: the registration is cancelled."));
            case FROZEN -> Optional.of(useless(state.wireName(), "This ticket is frozen: the payment is disputed."));
            case NONE ->
                Optional.of(useless(state.wireName(), "There is no ticket: the registration is not confirmed."));
        };
    }

    private static Problem useless(String ticket, String why) {
        return new Problem(CommonProblem.NOT_ALLOWED_NOW, why, Map.of("ticket", ticket));
    }

    private static Problem already(CheckIn first, TicketHolder holder) {
        return new Problem(
                SaleProblem.ALREADY_CHECKED_IN,
                "This attendee is in already.",
                Map.of("id", first.id(), "name", holder.name(), "at", first.at(), "gate", first.gate()));
    }

    /** Returns the reply to an earlier request with this key, even if that check-in has been undone since. */
    private Optional<Admitted> repeated(String conference, @Nullable CheckInKey key) {
        Optional<CheckInRepository.Keyed> first =
                Optional.ofNullable(key).flatMap(one -> repository.keyed(conference, one.key()));
        if (key != null && first.filter(one -> !one.hash().equals(key.hash())).isPresent()) {
            throw new Problem(CommonProblem.IDEMPOTENCY_KEY_REUSED, "This key was already used for another request.");
        }
        return first.flatMap(one -> holders.find(one.checkIn().attendee())
                .map(who -> new Admitted(one.checkIn().undone(null), who)));
    }

    private boolean insert(CheckIn made, TicketHolder holder, @Nullable CheckInKey key, Person person) {
        String conference = holder.registration().conference();
        boolean inserted = repository.insert(made, conference, holder.attendee(), key);
        if (inserted) {
            audit.write(
                    new Person.AuditEntry(
                            person,
                            "checked an attendee in",
                            conference,
                            made.registration(),
                            null,
                            Documents.treeOf(Map.of("attendee", made.attendee(), "gate", made.gate(), "at", made.at())),
                            null),
                    conferences.now());
        }
        return inserted;
    }

    /** Returns a check-in of the conference, undone or not; empty if there is none, or if its attendee no longer exists. */
    Optional<Admitted> find(String conference, UUID id) {
        return repository
                .conference(id)
                .filter(conference::equals)
                .flatMap(_ -> repository.find(id))
                .flatMap(found -> Optional.ofNullable(holders.of(List.of(found)).get(found.attendee()))
                        .map(holder -> new Admitted(found, holder)));
    }

    /**
     * Restricts the caller to the roles for the check-in's conference. An unknown check-in changes nothing; {@link #undo} refuses it.
     *
     * @throws Problem {@code forbidden} for staff of other conferences
     */
    Caller.Staff in(UUID id, Caller.Staff caller) {
        return repository.conference(id).map(caller::in).orElse(caller);
    }

    /**
     * Undoes a check-in. The same person with the same reason gets the first reply again.
     *
     * @param caller as returned by {@link #in}
     * @throws Problem {@code not-found}, {@code not-allowed-now} if it was undone by somebody else or for another reason
     */
    Admitted undo(UUID id, String why, Caller.Staff caller) {
        CheckIn before = repository.find(id).orElseThrow(Problem::notFound);
        TicketHolder holder = Optional.ofNullable(holders.of(List.of(before)).get(before.attendee()))
                .orElseThrow(Problem::notFound);
        Person person = caller.person();
        CheckIn.Undone undone =
                new CheckIn.Undone(conferences.now().truncatedTo(ChronoUnit.MICROS), person.subject(), why);
        boolean done = Boolean.TRUE.equals(transaction.execute(_ -> {
            boolean first = repository.undo(id, undone);
            if (first) {
                audit.write(
                        new Person.AuditEntry(
                                person,
                                "undid a check-in",
                                holder.registration().conference(),
                                before.registration(),
                                Documents.treeOf(Map.of(
                                        "attendee", before.attendee(), "gate", before.gate(), "at", before.at())),
                                null,
                                why),
                        undone.at());
            }
            return first;
        }));
        return new Admitted(before.undone(done ? undone : undoneBefore(id, person, why)), holder);
    }

    private CheckIn.Undone undoneBefore(UUID id, Person person, String why) {
        return repository
                .find(id)
                .map(CheckIn::undone)
                .filter(first ->
                        first.who().equals(person.subject()) && first.why().equals(why))
                .orElseThrow(() -> new Problem(CommonProblem.NOT_ALLOWED_NOW, "This check-in is undone already."));
    }
}
