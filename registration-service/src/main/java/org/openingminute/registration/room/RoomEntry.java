package org.openingminute.registration.room;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.registration.admission.IdempotencyRecords;
import org.openingminute.registration.decision.Command.Register.PresentedAdmission;
import org.openingminute.registration.decision.RegisterDecision;
import org.springframework.stereotype.Service;
import org.springframework.web.util.WebUtils;

/**
 * Checks whether requests for seats may pass: all of them while no room is open, otherwise those with an admission token. The decision
 * under the lock ensures, by the token's number, that each admission is used for one registration only. A form that was opened while no
 * room was open carries an admission of its own.
 */
@Service
public class RoomEntry {

    private static final String HEADER = "Admission-Token";
    private static final String COOKIE = "admission-";
    private static final Duration OF_A_FORM = Duration.ofMinutes(15);

    private static final long NO_ROOM = 0;
    /** A number in a token has at most 18 digits. */
    private static final long NUMBERS = 1L << 59;

    private final OpenRooms rooms;
    private final RoomRepository repository;
    private final IdempotencyRecords records;
    private final AdmissionTokens tokens;
    private final Clock clock;
    private final String publicUrl;

    RoomEntry(
            OpenRooms rooms,
            RoomRepository repository,
            IdempotencyRecords records,
            AdmissionTokens tokens,
            Clock clock,
            AccessSettings settings) {
        this.rooms = rooms;
        this.repository = repository;
        this.records = records;
        this.tokens = tokens;
        this.clock = clock;
        this.publicUrl = settings.publicUrl();
    }

    /**
     * Reads the admission of a request, which is required while the room is open.
     *
     * @param formToken the admission token of the form; {@code null} if it has none
     * @return {@code null} if the request has none and needs none: no room is open, or its key was already answered
     * @throws Problem {@code waiting-room} if a required admission is missing
     */
    public @Nullable PresentedAdmission require(
            String conference, IdempotencyKey key, HttpServletRequest request, @Nullable String formToken) {
        @Nullable Admission presented = presented(conference, request, formToken);
        boolean isNeeded = rooms.isOpen(conference);
        if (presented == null && isNeeded && !records.isAnswered(key)) {
            throw RegisterDecision.admissionNeeded(publicUrl, conference);
        }
        return presented == null ? null : new PresentedAdmission(presented, isNeeded);
    }

    /** Whether a browser has to wait before it may open the form. */
    public boolean isBarred(String conference, HttpServletRequest request) {
        return rooms.isOpen(conference) && presented(conference, request, null) == null;
    }

    /**
     * The line in front of a sale.
     *
     * @param drawAt business time at which its order will be drawn; {@code null} unless people gather for a draw
     */
    public record WaitingLine(@Nullable Instant drawAt) {}

    /** Returns the line in front of a sale; empty while its room is not open. */
    public Optional<WaitingLine> line(String conference) {
        return rooms.line(conference);
    }

    /**
     * Returns the request's admission if the room is open and issued it. A form's own admission does not count, because anybody can get
     * many of them.
     */
    public Optional<Admission> ofOpenRoom(String conference, HttpServletRequest request) {
        return rooms.isOpen(conference)
                ? Optional.ofNullable(presented(conference, request, null))
                        .filter(admission -> admission.room() != NO_ROOM)
                : Optional.empty();
    }

    /**
     * Returns how long a request's admission remains valid, in whole minutes.
     *
     * @param formToken the admission token of the form; {@code null} if it has none
     * @return {@code null} if no room is open, or if the request has no admission
     */
    public @Nullable Long minutesLeft(String conference, HttpServletRequest request, @Nullable String formToken) {
        @Nullable Admission presented = rooms.isOpen(conference) ? presented(conference, request, formToken) : null;
        return presented == null
                ? null
                : (Long) Duration.between(clock.instant(), presented.until()).toMinutes();
    }

    /**
     * Whether a registration already used the request's admission, so that its holder needs another one while the room is open.
     *
     * @param formToken the admission token of the form; {@code null} if it has none
     */
    public boolean isUsed(String conference, HttpServletRequest request, @Nullable String formToken) {
        @Nullable Admission presented = rooms.isOpen(conference) ? presented(conference, request, formToken) : null;
        return presented != null && repository.isUsed(presented);
    }

    /**
     * Returns the admission token to put into a form. While no room is open, this is a new token; otherwise the form keeps its token.
     *
     * @param sent the token that the form had; {@code null} for none
     * @param busy whether the form was refused because of load; its token is then extended. The gateway extends tokens that are not in a
     *     form
     * @return {@code null} for none
     */
    public @Nullable String formToken(String conference, @Nullable String sent, boolean busy) {
        if (!rooms.isOpen(conference)) {
            long number = ThreadLocalRandom.current().nextLong(NUMBERS);
            return tokens.sign(
                    new Admission(conference, NO_ROOM, number, clock.instant().plus(OF_A_FORM), false));
        }
        return busy
                ? tokens.read(conference, sent, null, clock.instant())
                        .map(Admission::extended)
                        .map(tokens::sign)
                        .orElse(sent)
                : sent;
    }

    private @Nullable Admission presented(String conference, HttpServletRequest request, @Nullable String formToken) {
        @Nullable Cookie cookie = WebUtils.getCookie(request, COOKIE + conference);
        // That of a form first: the browser's may have been used for another form.
        return tokens.read(conference, formToken, null, clock.instant())
                .or(() -> tokens.read(
                        conference,
                        request.getHeader(HEADER),
                        cookie == null ? null : cookie.getValue(),
                        clock.instant()))
                .orElse(null);
    }
}
