package org.openingminute.registration.room;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.registration.admission.IdempotencyRecords;
import org.openingminute.registration.decision.Command.Register.BorneAdmission;
import org.openingminute.registration.decision.RegisterDecision;
import org.springframework.stereotype.Service;
import org.springframework.web.util.WebUtils;

/**
 * Lets requests for seats pass: all where no room is open, else those with an admission. That one is good for one registration is
 * decided under the lock, by its number. A form that was opened while no room was has an admission of its own.
 */
@Service
public class RoomEntry {

    private static final String HEADER = "Admission-Token";
    private static final String COOKIE = "admission-";
    private static final Duration OF_A_FORM = Duration.ofMinutes(15);
    private static final long NO_ROOM = 0;
    /** A number in a token has 18 digits at most. */
    private static final long NUMBERS = 1L << 59;

    private final OpenRooms rooms;
    private final IdempotencyRecords records;
    private final AdmissionTokens tokens;
    private final Clock clock;
    private final String publicUrl;

    RoomEntry(
            OpenRooms rooms, IdempotencyRecords records, AdmissionTokens tokens, Clock clock, AccessSettings settings) {
        this.rooms = rooms;
        this.records = records;
        this.tokens = tokens;
        this.clock = clock;
        this.publicUrl = settings.publicUrl();
    }

    /**
     * Reads the admission that a request bears, which it needs where a room is open.
     *
     * @param ofForm that of a form's own; {@code null} if it has none
     * @return {@code null} if it bears none and needs none: no room is open, or its key has been answered
     * @throws Problem {@code waiting-room}
     */
    public @Nullable BorneAdmission require(
            String conference, IdempotencyKey key, HttpServletRequest request, @Nullable String ofForm) {
        @Nullable Admission borne = borne(conference, request, ofForm);
        boolean isNeeded = rooms.isOpen(conference);
        if (borne == null && isNeeded && !records.isAnswered(key)) {
            throw RegisterDecision.admissionNeeded(publicUrl, conference);
        }
        return borne == null ? null : new BorneAdmission(borne, isNeeded);
    }

    /** Whether a browser has to wait before it gets the form. */
    public boolean isBarred(String conference, HttpServletRequest request) {
        return rooms.isOpen(conference) && borne(conference, request, null) == null;
    }

    /** The admission that a request bears while the room is open; a form's own is not from a room, and anybody gets many. */
    public Optional<Admission> ofOpenRoom(String conference, HttpServletRequest request) {
        return rooms.isOpen(conference)
                ? Optional.ofNullable(borne(conference, request, null)).filter(admission -> admission.room() != NO_ROOM)
                : Optional.empty();
    }

    /**
     * For how long a request may register while a room is open, in whole minutes.
     *
     * @param ofForm that of a form's own; {@code null} if it has none
     * @return {@code null} if no room is open, or it bears no admission
     */
    public @Nullable Long minutesLeft(String conference, HttpServletRequest request, @Nullable String ofForm) {
        @Nullable Admission borne = rooms.isOpen(conference) ? borne(conference, request, ofForm) : null;
        return borne == null
                ? null
                : (Long) Duration.between(clock.instant(), borne.until()).toMinutes();
    }

    /**
     * The admission of a form's own.
     *
     * @param sent the one that it had; {@code null} for none
     * @param busy whether it was sent away because too many others were being served, which makes it last longer; of the
     *     other admissions this is for the gateway
     * @return {@code null} for none
     */
    public @Nullable String ofForm(String conference, @Nullable String sent, boolean busy) {
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

    private @Nullable Admission borne(String conference, HttpServletRequest request, @Nullable String ofForm) {
        @Nullable Cookie cookie = WebUtils.getCookie(request, COOKIE + conference);
        // That of a form first: the browser's may have been used for another form.
        return tokens.read(conference, ofForm, null, clock.instant())
                .or(() -> tokens.read(
                        conference,
                        request.getHeader(HEADER),
                        cookie == null ? null : cookie.getValue(),
                        clock.instant()))
                .orElse(null);
    }
}
