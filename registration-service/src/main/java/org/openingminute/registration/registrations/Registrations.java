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

/** Finds registrations and shows them to callers that may see them. */
@Service
public class Registrations {

    /** How long a reader waits until an opened link is noted; it is noted after that, too. */
    private static final Duration NOTED_SOON = Duration.ofMillis(300);

    private static final Set<String> READS = Set.of("GET", "HEAD");

    /** The opened links that are being noted, one at a time for each registration. */
    private final Map<UUID, CompletableFuture<Result>> openings = new ConcurrentHashMap<>();

    private final RegistrationRepository repository;
    private final TimelineRepository timeline;
    private final ConferenceCache conferences;
    private final CallerResolver callers;
    private final Admissions admissions;
    private final Setup setup;

    /** What belongs to showing registrations and to counting them. */
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

    /** A registration, and the caller for whom it was opened. */
    public record Opened(Registration registration, Caller caller) {

        /** An organiser, who may do what the registrant may and is named; {@code null} for a registrant. */
        public @Nullable Person organiser() {
            return switch (caller) {
                case Caller.Staff staff -> staff.person();
                case Caller.Registrant _ -> null;
            };
        }

        /** An organiser's cancellation on the registrant's behalf, by the policy; {@code null} for a registrant. */
        public Command.@Nullable ByOrganiser onBehalf() {
            @Nullable Person organiser = organiser();
            return organiser == null ? null : new Command.ByOrganiser(organiser, null, false, null);
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
     * The registration, for its contact, each of its attendees, or staff with the permission, who see different parts of it.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forCaller(HttpServletRequest request, UUID id, Permission staff) {
        return noted(request, opened(id, callers.forRegistration(request, id, staff)));
    }

    /**
     * The registration, for its contact or an organiser.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forContact(HttpServletRequest request, UUID id) {
        return noted(request, opened(id, callers.forContact(request, id.toString(), Permission.ORGANISE)));
    }

    /**
     * The registration, for its contact, an organiser, or the attendee whose own business the call is.
     *
     * @throws Problem 401, 403 or 404, in this order
     */
    public Opened forAttendee(HttpServletRequest request, UUID id, UUID attendee) {
        return noted(
                request,
                opened(id, callers.forAttendee(request, id.toString(), attendee.toString(), Permission.ORGANISE)));
    }

    /**
     * A registration of a conference that a member of staff opens there, which the audit notes.
     *
     * @throws Problem {@code not-found}
     */
    public Registration open(UUID id, String conference, Caller.Staff staff) {
        Registration registration = of(id, conference);
        note(staff, "opened a registration", registration);
        return registration;
    }

    /** Staff who read are in the audit; what they change has rows of its own. */
    private Opened noted(HttpServletRequest request, Opened opened) {
        if (READS.contains(request.getMethod())) {
            note(opened.caller(), "opened a registration", opened.registration());
        }
        return opened;
    }

    /**
     * The registration with that id, of a conference.
     *
     * @throws Problem {@code not-found}
     */
    public Registration of(UUID id, String conference) {
        return repository
                .find(id)
                .filter(registration -> registration.conference().equals(conference))
                .orElseThrow(Problem::notFound);
    }

    /** Notes that a member of staff has begun to follow a registration. */
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
     * The registration that a caller names, opened; nothing is noted of a mailed link.
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
     * A member of staff with the roles that count for a registration. Of one that does not exist the act itself says so, after it has
     * looked at the request's fields.
     *
     * @throws Problem {@code forbidden} for staff of other conferences
     */
    public Caller.Staff in(UUID id, Caller.Staff staff) {
        return repository
                .find(id)
                .map(registration -> staff.in(registration.conference()))
                .orElse(staff);
    }

    /** The registration that a caller names, whose token may have ended; a genuine token of a missing one has. */
    Registration require(UUID id, Caller caller) {
        return require(repository.find(id), caller);
    }

    private static Registration require(Optional<Registration> found, Caller caller) {
        return found.orElseThrow(() -> switch (caller) {
            case Caller.Registrant _ -> Problem.unauthenticated();
            case Caller.Staff _ -> Problem.notFound();
        });
    }

    /** The registration that a token opens; empty if the token has ended. */
    public Optional<Registration> openedBy(AccessToken token) {
        return repository
                .find(token.registration())
                .filter(registration -> isCurrent(registration, token.attendee(), token.generation()))
                .map(registration -> opening(registration, token));
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

    /** By whom the seats of a request count while they are unpaid; {@code null} where limits are off. */
    public Registration.@Nullable CountedBy countedBy(HttpServletRequest request, RegistrationRequest wanted) {
        RegistrationRequest.@Nullable RequestedContact contact = wanted.contact();
        @Nullable String email = contact == null ? null : contact.email();
        return setup.limited && email != null ? setup.countedBy(request, email) : null;
    }

    /** The keyed hash of the mailbox in a correction, by which unpaid seats count; {@code null} if the address stays. */
    public @Nullable UUID mailbox(RequestedContact correction) {
        @Nullable String email = correction.email();
        return email == null ? null : setup.mailboxes.mailbox(email);
    }

    /**
     * The price of a request now; nothing is held.
     *
     * @throws Problem as {@link Quotes#quote} does; {@code rate-limited} after too many wrong voucher codes
     */
    public Quote quote(HttpServletRequest call, Conference conference, RegistrationRequest wanted) {
        return tried(call, conference.slug(), wanted, null, () -> Quotes.quote(conference, wanted, setup.clock.now()));
    }

    /**
     * Does what a request asks for, unless it has a voucher's code and its sender has tried too many wrong ones.
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

    /** The client's address as the gateway names it, which alone reaches this service; of IPv6 its network. */
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

    /** What the caller may see of the registration. */
    RegistrationRepresentation represent(Opened opened) {
        return RegistrationRepresentation.of(opened.registration(), setup.publicUrl)
                .seenBy(opened.caller());
    }

    /** Its timeline, oldest first. */
    public List<TimelineRepository.Entry> timeline(UUID id) {
        return timeline.of(id);
    }

    /** The refund of a cancellation now. */
    public RefundPolicy.QuotedRefund refundNow(Registration registration) {
        return registration.refundNow(setup.clock.now());
    }
}
