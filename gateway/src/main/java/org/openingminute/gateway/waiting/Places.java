package org.openingminute.gateway.waiting;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.limits.OwnTokens;
import org.openingminute.gateway.request.Credential;
import org.openingminute.gateway.room.Line;
import org.openingminute.gateway.room.Place;
import org.openingminute.gateway.room.PollSchedule;
import org.openingminute.gateway.room.Standing;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.kit.access.Admission;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Places as their holders have them: tokens, cookies, and the response that describes their standing. */
@Component
final class Places implements OwnTokens {

    private static final int ADMISSION_SECONDS = 900;

    private static final int ADMITTED_POLL = 60;
    private static final int MISSED_POLL = 120;
    private static final int PAUSED_POLL = 30;

    /** The request attribute that caches the request's place. */
    private static final String PRESENTED = Places.class.getName() + ".presented";

    private static final Pattern PATH =
            Pattern.compile("/(?:api/)?(?<kind>waiting-room|conferences)/(?<conference>[a-z0-9-]+)(?:/.*)?");

    private final Rooms rooms;
    private final PlaceTokens tokens;
    private final RoomCookies cookies;
    private final PollSchedule schedule = new PollSchedule();

    Places(Rooms rooms, GatewaySettings settings, RoomCookies cookies) {
        this.rooms = rooms;
        this.tokens = new PlaceTokens(settings.room().tokens());
        this.cookies = cookies;
    }

    /**
     * A place after a visit, with the token that was signed for it.
     *
     * @param admission {@code null} if there is none, or it has expired
     */
    record Visited(
            Place place,
            Standing standing,
            String token,
            @Nullable SignedAdmission admission) {

        /** Whether the place can no longer be used. */
        boolean isOver() {
            return standing.state() == Standing.State.MISSED || (place.visit().isAdmitted() && admission == null);
        }
    }

    private record SignedAdmission(Admission admission, String token) {}

    /** The range of seconds within which a number is called. */
    record Estimate(long fromSeconds, long toSeconds) {}

    /**
     * The response that describes a place's standing.
     *
     * @param position 1 for the next to be called, 0 if called; {@code null} before a draw
     * @param admissionToken {@code null} if there is none, or it has expired
     */
    record Answer(
            String placeToken,
            @Nullable Long position,
            Estimate estimate,
            String state,
            @Nullable String admissionToken,
            @Nullable Instant admissionExpiresAt,
            int pollAfterSeconds) {}

    /** Takes a new place; an error {@code unavailable} while no numbers are given. */
    Mono<Visited> take(LiveRoom room, boolean inBrowser, ServerHttpRequest request) {
        return room.take(inBrowser).map(visit -> visited(visit, request));
    }

    /**
     * Records a visit of a place of this room.
     *
     * @return empty if the token is forged, of another room, or presented without the cookie to which it is bound
     */
    Optional<Visited> visit(LiveRoom room, String conference, ServerHttpRequest request) {
        return read(room, conference, request).map(room::visit).map(visit -> visited(visit, request));
    }

    /** Whether a request carries nothing that could be a place. */
    boolean isWithoutToken(String conference, ServerHttpRequest request) {
        return !request.getHeaders().containsHeader(HttpHeaders.AUTHORIZATION)
                && cookies.place(conference, request).isEmpty();
    }

    private Visited visited(LiveRoom.Visit visit, ServerHttpRequest request) {
        Place place = visit.place();
        SignedAdmission admission = admission(place, request)
                .map(good -> new SignedAdmission(good, cookies.sign(good)))
                .orElse(null);
        return new Visited(place, visit.standing(), tokens.sign(place), admission);
    }

    private Optional<Place> read(LiveRoom room, String conference, ServerHttpRequest request) {
        return presented(conference, request).place().filter(room.copy()::owns);
    }

    /** Verifies the token once for each request; the limit and the call share the result. */
    private Presented presented(String conference, ServerHttpRequest request) {
        return (Presented) request.getAttributes()
                .computeIfAbsent(
                        PRESENTED,
                        _ -> new Presented(tokens.read(
                                conference,
                                Credential.of(request).orElse(null),
                                cookies.place(conference, request).orElse(null))));
    }

    /** The place of a request, if it has one. */
    private record Presented(Optional<Place> place) {}

    /**
     * Counts by its place a request that asks for the standing of the place, and by its admission a request that needs one. Admissions of a
     * closed room do not count: everybody gets one on request, and could make any number of calls.
     */
    @Override
    public Optional<String> countedBy(ServerHttpRequest request) {
        Matcher path = PATH.matcher(request.getURI().getRawPath());
        if (!path.matches()) {
            return Optional.empty();
        }
        String conference = path.group("conference");
        return rooms.of(conference)
                .flatMap(room -> path.group("kind").equals("conferences")
                        ? admission(room, conference, request)
                        : asking(room, conference, request));
    }

    private Optional<String> admission(LiveRoom room, String conference, ServerHttpRequest request) {
        return Optional.of(room)
                .filter(known -> !known.copy().isOff())
                .flatMap(_ -> cookies.admission(conference, request))
                // Everybody receives such an admission with each form that is opened while the room is closed.
                .filter(one -> one.room() != 0)
                .map(one -> "admission:%s:%d:%d".formatted(conference, one.room(), one.number()));
    }

    private Optional<String> asking(LiveRoom room, String conference, ServerHttpRequest request) {
        return Optional.ofNullable(request.getMethod())
                .filter(method -> method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
                .flatMap(_ -> read(room, conference, request))
                .map(one -> "place:%s:%d:%d".formatted(conference, one.room(), one.number()));
    }

    /**
     * The admission of an admitted place, unless it has expired. If the request carries the same admission with a later end, that one is
     * returned.
     */
    private Optional<Admission> admission(Place place, ServerHttpRequest request) {
        if (!place.visit().isAdmitted()) {
            return Optional.empty();
        }
        return cookies.admission(place.conference(), request)
                .filter(known -> known.room() == place.room() && known.number() == place.number())
                .or(() -> Optional.of(fresh(place)).filter(made -> made.until().isAfter(cookies.now())));
    }

    private static Admission fresh(Place place) {
        Instant until = Instant.ofEpochSecond(place.visit().seen() + ADMISSION_SECONDS);
        return new Admission(place.conference(), place.room(), place.number(), until, place.inBrowser());
    }

    /** The cookies that store a place in a browser. */
    List<ResponseCookie> cookies(Visited visited) {
        if (!visited.place().inBrowser()) {
            return List.of();
        }
        ResponseCookie place = cookies.place(visited.place().conference(), visited.token());
        SignedAdmission signed = visited.admission();
        return signed == null ? List.of(place) : List.of(place, cookies.admission(signed.admission(), signed.token()));
    }

    /** The response to a place's holder. */
    Answer answer(LiveRoom room, Visited visited) {
        Place place = visited.place();
        Standing standing = visited.standing();
        Optional<SignedAdmission> signed = Optional.ofNullable(visited.admission());
        boolean isGathering = isGathering(room, standing);
        return new Answer(
                visited.token(),
                isGathering ? null : (Long) position(standing),
                estimate(room, standing),
                standing.state().name().toLowerCase(Locale.ROOT),
                signed.map(SignedAdmission::token).orElse(null),
                place.visit().isAdmitted()
                        ? signed.map(SignedAdmission::admission)
                                .orElseGet(() -> fresh(place))
                                .until()
                        : null,
                pollAfter(room, standing));
    }

    /** Whether a draw will decide the position of this place. */
    static boolean isGathering(LiveRoom room, Standing standing) {
        return standing.state() == Standing.State.WAITING && room.copy().state() == WaitingRoom.State.GATHERING;
    }

    static long position(Standing standing) {
        return standing.state() == Standing.State.WAITING ? standing.ahead() + 1 : 0;
    }

    static Estimate estimate(LiveRoom room, Standing standing) {
        if (standing.state() != Standing.State.WAITING) {
            return new Estimate(0, 0);
        }
        Line.Estimate estimate = room.copy().estimate(standing, room.next());
        return new Estimate((long) Math.floor(estimate.fromSeconds()), (long) Math.ceil(estimate.toSeconds()));
    }

    int pollAfter(LiveRoom room, Standing standing) {
        return switch (standing.state()) {
            case ADMITTED -> ADMITTED_POLL;
            case MISSED -> MISSED_POLL;
            case WAITING -> {
                long now = (long) room.now();
                if (room.copy().state() == WaitingRoom.State.GATHERING) {
                    yield schedule.gathering(standing.left(), now);
                }
                int planned = schedule.next(standing.left(), room.copy().pollPace(), now);
                yield room.copy().state() == WaitingRoom.State.PAUSED ? Math.max(PAUSED_POLL, planned) : planned;
            }
        };
    }
}
