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
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Places as their bearers have them: tokens, cookies, and the answer that says how they stand. */
@Component
final class Places implements OwnTokens {

    private static final int ADMISSION_SECONDS = 900;

    private static final int ADMITTED_POLL = 60;
    private static final int MISSED_POLL = 120;
    private static final int PAUSED_POLL = 30;

    /** The attribute of a request with its place. */
    private static final String BORNE = Places.class.getName() + ".borne";

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
     * What the bearer of a place has, signed once.
     *
     * @param admission {@code null} while there is none, or it is over
     */
    record Visited(
            Place place,
            Standing standing,
            String token,
            @Nullable SignedAdmission admission) {

        /** Whether it is of no use any more. */
        boolean isOver() {
            return standing.state() == Standing.State.MISSED || (place.visit().isAdmitted() && admission == null);
        }
    }

    private record SignedAdmission(Admission admission, String token) {}

    /** Within how many seconds a number is called. */
    record Estimate(long fromSeconds, long toSeconds) {}

    /**
     * How a place stands.
     *
     * @param position 1 for the next to be called, 0 for one that is called; {@code null} before a draw
     * @param admissionToken {@code null} while there is none, or it is over
     */
    record Answer(
            String placeToken,
            @Nullable Long position,
            Estimate estimate,
            String state,
            @Nullable String admissionToken,
            @Nullable Instant admissionExpiresAt,
            int pollAfterSeconds) {}

    /** Takes a new place; an error {@code unavailable} while no number is given. */
    Mono<Visited> take(LiveRoom room, boolean inBrowser, ServerHttpRequest request) {
        return room.take(inBrowser).map(visit -> visited(visit, request));
    }

    /**
     * Notes that the bearer of a place of this room is here.
     *
     * @return empty for a token that is forged, foreign or torn from its browser
     */
    Optional<Visited> visit(LiveRoom room, String conference, ServerHttpRequest request) {
        return read(room, conference, request).map(room::visit).map(visit -> visited(visit, request));
    }

    private Visited visited(LiveRoom.Visit visit, ServerHttpRequest request) {
        Place place = visit.place();
        SignedAdmission admission = admission(place, request)
                .map(good -> new SignedAdmission(good, cookies.sign(good)))
                .orElse(null);
        return new Visited(place, visit.standing(), tokens.sign(place), admission);
    }

    private Optional<Place> read(LiveRoom room, String conference, ServerHttpRequest request) {
        return borne(conference, request).place().filter(room.copy()::gave);
    }

    /** Checks a request's signature once, for the limit before the call and for the call. */
    private Borne borne(String conference, ServerHttpRequest request) {
        return (Borne) request.getAttributes()
                .computeIfAbsent(
                        BORNE,
                        _ -> new Borne(tokens.read(
                                conference,
                                Credential.of(request).orElse(null),
                                cookies.place(conference, request).orElse(null))));
    }

    /** The place that a request bears, if any. */
    private record Borne(Optional<Place> place) {}

    /**
     * A place where its bearer asks how it stands, and an admission while it is needed: where no room is on, whoever asks has one, and
     * would have as many calls as it likes.
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
                // Everybody gets one of those with each form that they open before the room does.
                .filter(one -> one.room() != 0)
                .map(one -> "admission:%s:%d:%d".formatted(conference, one.room(), one.number()));
    }

    private Optional<String> asking(LiveRoom room, String conference, ServerHttpRequest request) {
        return Optional.ofNullable(request.getMethod())
                .filter(method -> method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
                .flatMap(_ -> read(room, conference, request))
                .map(one -> "place:%s:%d:%d".formatted(conference, one.room(), one.number()));
    }

    /** The admission of a place that is admitted, unless it is over. Where the request has the same one for longer, that. */
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

    /** The cookies of a place that a browser has. */
    List<ResponseCookie> cookies(Visited visited) {
        if (!visited.place().inBrowser()) {
            return List.of();
        }
        ResponseCookie place = cookies.place(visited.place().conference(), visited.token());
        SignedAdmission signed = visited.admission();
        return signed == null ? List.of(place) : List.of(place, cookies.admission(signed.admission(), signed.token()));
    }

    /** The answer to the bearer of a place. */
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

    /** Whether a draw will say where this place stands. */
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
