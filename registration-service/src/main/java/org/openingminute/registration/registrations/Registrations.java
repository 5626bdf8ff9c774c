package org.openingminute.registration.registrations;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.registration.Settings;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.admission.ConferenceCache;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.RegisterDecision.Quotes;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.room.RoomEntry;
import org.openingminute.registration.room.VoucherGuesses;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RefundPolicy;
import org.openingminute.registration.sale.RegistrationRequest;
import org.openingminute.registration.sale.RegistrationRequest.RequestedContact;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

/** Finds registrations and shows callers the parts that they may see. */
@Service
public class Registrations {

    /** How long a caller waits for an opened link to be recorded; the recording continues after that. */
    private static final Duration NOTED_SOON = Duration.ofMillis(300);

    private static final Set<String> READS = Set.of("GET", "HEAD");

    /** The openings of links that are being recorded, at most one per registration. */
    private final Map<UUID, CompletableFuture<Result>> openings = new ConcurrentHashMap<>();

    private final RegistrationRepository repository;
    private final TimelineRepository timeline;
    private final ConferenceCache conferences;
    private final CallerResolver callers;
    private final Admissions admissions;
    private final Setup setup;

    /** Collaborators for representing and counting registrations. */
    @Component
    static class Setup {

        private final BusinessClock clock;
        private final String publicUrl;
        private final boolean limited;
        private final AccessTokens tokens;
        private final MailboxConfirmations mailboxes;
        private final RoomEntry rooms;
        private final VoucherGuesses guesses;
        private final AuditLog audit;

        Setup(
                BusinessClock clock,
                Settings settings,
                AccessTokens tokens,
                MailboxConfirmations mailboxes,
                RoomEntry rooms,
                VoucherGuesses guesses,
                AuditLog audit) {
            this.clock = clock;
            this.publicUrl = settings.publicUrl();
            this.limited = settings.limited();
            this.tokens = tokens;
            this.mailboxes = mailboxes;
            this.rooms = rooms;
            this.guesses = guesses;
            this.audit = audit;
        }

        Registration.CountedBy countedBy(HttpServletRequest request, String email) {
            UUID mailbox = mailboxes.mailbox(email);
            return new Registration.CountedBy(
                    mailbox,
                    mailboxes.confirmed(request).anyMatch(mailbox::equals)
                            ? null
                            : tokens.pseudonym("unpaid-address", ClientAddress.of(request)));
        }

        VoucherGuesses.Guesser guesser(HttpServletRequest request, String conference) {
            return mailboxes
                    .confirmed(request)
                    .findFirst()
                    .map(guesses::ofMailbox)
                    .or(() -> rooms.ofOpenRoom(conference, request).map(guesses::ofAdmission))
                    .orElseGet(() -> guesses.ofAddress(ClientAddress.of(request)));
        }
    }

    Registrations(
            RegistrationRepository repository,
            TimelineRepository timeline,
            ConferenceCache conferences,
            CallerResolver callers,
            Admissions admissions,
            Setup setup) {
        this.repository = repository;
        this.timeline = timeline;
        this.conferences = conferences;
        this.callers = callers;
        this.admissions = admissions;
        this.setup = setup;
    }

    /** A registration and the caller it was opened for. */
    public record Opened(Registration registration, Caller caller) {

        /** Returns the organiser who acts for the registrant; {@code null} for a registrant. */
        public @Nullable Person organiser() {
            return switch (caller) {
                case Caller.Staff staff -> staff.person();
                case Caller.Registrant _ -> null;
            };
        }

        /**
         * Returns the terms of an organiser's cancellation on the registrant's behalf, which follows the policy; {@code null} for a
         * registrant.
         */
        public Command.@Nullable ByOrganiser onBehalf() {
            @Nullable Person organiser = organiser();
            return organiser == null ? null : new Command.ByOrganiser(organiser, null, false, null);
        }

        /** Returns the attendee who sees only their own part; {@code null} for the contact and for staff. */
        public @Nullable UUID attendee() {
            return switch (caller) {
                case Caller.Staff _ -> null;
                case Caller.Registrant(AccessToken token) -> token.attendee();
            };
        }

        /** Returns a result whose body is the representation that the caller may see. */
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
     * Returns a registration to its contact, one of its attendees, or staff with the permission; each sees different parts of it.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forCaller(HttpServletRequest request, UUID id, Permission staff) {
        return noted(request, opened(id, callers.forRegistration(request, id, staff)));
    }

    /**
     * Returns a registration to its contact or an organiser.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forContact(HttpServletRequest request, UUID id) {
        return noted(request, opened(id, callers.forContact(request, id.toString(), Permission.ORGANISE)));
    }

    /**
     * Returns a registration to its contact, an organiser, or the attendee whom the operation concerns.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forAttendee(HttpServletRequest request, UUID id, UUID attendee) {
        return noted(
                request,
                opened(id, callers.forAttendee(request, id.toString(), attendee.toString(), Permission.ORGANISE)));
    }

    /**
     * Returns a registration of a conference to a member of staff, and records the access in the audit.
     *
     * @throws Problem {@code not-found}
     */
    public Registration open(UUID id, String conference, Caller.Staff staff) {
        Registration registration = of(id, conference);
        note(staff, "opened a registration", registration);
        return registration;
    }

    /** Records reads by staff in the audit. Changes by staff have audit entries of their own. */
    private Opened noted(HttpServletRequest request, Opened opened) {
        if (READS.contains(request.getMethod())) {
            note(opened.caller(), "opened a registration", opened.registration());
        }
        return opened;
    }

    /**
     * Returns a registration of the conference.
     *
     * @throws Problem {@code not-found}
     */
    public Registration of(UUID id, String conference) {
        return repository
                .find(id)
                .filter(registration -> registration.conference().equals(conference))
                .orElseThrow(Problem::notFound);
    }

    /** Records in the audit that a member of staff has opened a status stream of a registration. */
    void noteFollower(UUID id, Caller caller) {
        if (caller instanceof Caller.Staff) {
            repository.find(id).ifPresent(registration -> note(caller, "followed a registration", registration));
        }
    }

    private void note(Caller caller, String what, Registration registration) {
        if (caller instanceof Caller.Staff staff) {
            setup.audit.write(
                    new Person.AuditEntry(staff.person(), what, registration.conference(), registration.id()),
                    setup.clock.now());
        }
    }

    private Opened opened(UUID id, Caller caller) {
        Opened opened = opened(repository.find(id), caller);
        return caller instanceof Caller.Registrant(AccessToken token)
                ? new Opened(opening(opened.registration(), token), caller)
                : opened;
    }

    /**
     * Opens a registration for a caller, without recording that a mailed link was opened.
     *
     * @param found empty if there is none
     * @throws Problem 401 or 404
     */
    static Opened opened(Optional<Registration> found, Caller caller) {
        Registration registration = require(found, caller);
        if (!isStillOpen(registration, caller)) {
            throw Problem.unauthenticated();
        }
        return new Opened(registration, caller.in(registration.conference()));
    }

    /** The registration after its contact has opened a mailed link, which a later call notes if this one cannot. */
    private Registration opening(Registration registration, AccessToken token) {
        if (!token.delivered() || token.attendee() != null || !registration.awaitsOpening()) {
            return registration;
        }
        UUID id = registration.id();
        try {
            CompletableFuture<Result> noted = openings.computeIfAbsent(
                    id, _ -> admissions.submit(new Command.LinkOpened(registration.conference(), id)));
            var _ = noted.whenComplete((_, _) -> openings.remove(id, noted));
            noted.get(NOTED_SOON.toMillis(), TimeUnit.MILLISECONDS);
            return require(id);
        } catch (Problem | ExecutionException | TimeoutException e) {
            return registration;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return registration;
        }
    }

    /**
     * Returns the staff member with the roles for the registration's conference. If the registration is unknown, the roles are not
     * restricted; the operation itself refuses it after validating the request.
     *
     * @throws Problem {@code forbidden} for staff of other conferences
     */
    public Caller.Staff in(UUID id, Caller.Staff staff) {
        return repository
                .find(id)
                .map(registration -> staff.in(registration.conference()))
                .orElse(staff);
    }

    /**
     * Returns the registration, without checking whether the caller's token is still valid. If it does not exist, staff get 404; a
     * registrant's token counts as invalid.
     */
    Registration require(UUID id, Caller caller) {
        return require(repository.find(id), caller);
    }

    private static Registration require(Optional<Registration> found, Caller caller) {
        return found.orElseThrow(() -> switch (caller) {
            case Caller.Registrant _ -> Problem.unauthenticated();
            case Caller.Staff _ -> Problem.notFound();
        });
    }

    /** Returns the registration that a token opens; empty if the token is no longer valid. */
    public Optional<Registration> openedBy(AccessToken token) {
        return repository
                .find(token.registration())
                .filter(registration -> isCurrent(registration, token.attendee(), token.generation()))
                .map(registration -> opening(registration, token));
    }

    /** Whether a caller who saw the registration before may still see it: the link may have been invalidated since. */
    static boolean isStillOpen(Registration now, Caller caller) {
        return switch (caller) {
            case Caller.Registrant(var token) -> isCurrent(now, token.attendee(), token.generation());
            case Caller.Staff _ -> true;
        };
    }

    /** A contact's token of a higher generation than the current one is valid: it was issued before this database was restored. */
    private static boolean isCurrent(Registration registration, @Nullable UUID attendee, int generation) {
        return attendee == null
                ? registration.contactLinks().generation() <= generation
                : registration.attendees().stream()
                        .anyMatch(a -> a.id().equals(attendee) && a.generation() == generation);
    }

    /**
     * Returns the registration with that id.
     *
     * @throws Problem {@code not-found}
     */
    public Registration require(UUID id) {
        return repository.find(id).orElseThrow(Problem::notFound);
    }

    /**
     * Returns the conference from the cache; it may be up to 1.5 s old.
     *
     * @throws Problem {@code not-found}
     */
    public Conference requireConference(String slug) {
        return conferences.find(slug).orElseThrow(Problem::notFound);
    }

    /** Returns the subjects for whom the seats of a request count while unpaid; {@code null} if limits are off. */
    public Registration.@Nullable CountedBy countedBy(HttpServletRequest request, RegistrationRequest wanted) {
        RegistrationRequest.@Nullable RequestedContact contact = wanted.contact();
        @Nullable String email = contact == null ? null : contact.email();
        return setup.limited && email != null ? setup.countedBy(request, email) : null;
    }

    /** Returns the keyed hash of the mailbox in a correction, for which unpaid seats count; {@code null} if the address stays. */
    public @Nullable UUID mailbox(RequestedContact correction) {
        @Nullable String email = correction.email();
        return email == null ? null : setup.mailboxes.mailbox(email);
    }

    /**
     * Returns the current price of a request without holding seats.
     *
     * @throws Problem as {@link Quotes#quote} does; {@code rate-limited} after too many wrong voucher codes
     */
    public Quote quote(HttpServletRequest call, Conference conference, RegistrationRequest wanted) {
        return tried(call, conference.slug(), wanted, null, () -> Quotes.quote(conference, wanted, setup.clock.now()));
    }

    /**
     * Runs a request. If it has a voucher code, the limit on wrong codes applies.
     *
     * @param key of the request; {@code null} for none
     * @throws Problem {@code rate-limited}
     */
    public <T> T tried(
            HttpServletRequest call,
            String conference,
            RegistrationRequest wanted,
            @Nullable IdempotencyKey key,
            Supplier<T> request) {
        @Nullable String code = wanted.voucher();
        return setup.limited && code != null && !code.isBlank()
                ? setup.guesses.tried(setup.guesser(call, conference), key, request)
                : request.get();
    }

    /** The client's address as the gateway passes it on; only the gateway reaches this service. For IPv6 it is the network. */
    private static final class ClientAddress {

        private static final int NETWORK = 8;

        static String of(HttpServletRequest request) {
            @Nullable String named = request.getHeader("X-Forwarded-For");
            String address = named == null ? request.getRemoteAddr() : named.substring(named.lastIndexOf(',') + 1);
            try {
                byte[] bytes = InetAddress.ofLiteral(address.strip()).getAddress();
                return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, NETWORK));
            } catch (IllegalArgumentException e) {
                return address;
            }
        }
    }

    /** Returns the registration as the caller may see it. */
    RegistrationRepresentation represent(Opened opened) {
        return RegistrationRepresentation.of(opened.registration(), setup.publicUrl)
                .seenBy(opened.caller());
    }

    /** Returns the timeline, oldest entry first. */
    public List<TimelineRepository.Entry> timeline(UUID id) {
        return timeline.of(id);
    }

    /** Returns the refund of a cancellation now. */
    public RefundPolicy.QuotedRefund refundNow(Registration registration) {
        return registration.refundNow(setup.clock.now());
    }
}
