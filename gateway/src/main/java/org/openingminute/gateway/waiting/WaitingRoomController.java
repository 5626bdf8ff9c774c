package org.openingminute.gateway.waiting;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.problem.PublicAnswer;
import org.openingminute.gateway.request.LimitedBody;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.PublicDraw;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The API of the waiting room: its state, taking a place, and the standing of a place. */
@RestController
@RequestMapping(WaitingRoomController.PATH + "/{slug}")
class WaitingRoomController {

    static final String PATH = "/api/waiting-room";

    /** The refusal of an invalid place. */
    private enum Code implements ProblemCode {
        WAITING_ROOM;

        @Override
        public HttpStatus status() {
            return HttpStatus.FORBIDDEN;
        }

        @Override
        public String title() {
            return "A place in the waiting room is needed";
        }
    }

    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final double TENTHS = 10;

    private final Rooms rooms;
    private final Places places;
    private final JsonMapper json;
    private final String publicUrl;
    private final Map<String, Made> states = new ConcurrentHashMap<>();

    WaitingRoomController(Rooms rooms, Places places, JsonMapper json, GatewaySettings settings) {
        this.rooms = rooms;
        this.places = places;
        this.json = json;
        this.publicUrl = settings.publicUrl();
    }

    /**
     * The public state of a room.
     *
     * @param perSecond the numbers called a second, to be expected for the next minutes
     * @param asOf business time
     */
    record PublicState(
            String state,
            @Nullable Instant drawAt,
            long called,
            long waiting,
            @Nullable Double perSecond,
            @Nullable String seats,
            Instant asOf,
            @Nullable PublicDraw draw) {}

    /** The public state of a room, created for this second. */
    private record Made(WaitingRoom room, long second, ResponseEntity<byte[]> answer) {}

    /** The state is created once a second, and whenever the room changes, because everybody who waits may ask at the same time. */
    @GetMapping
    ResponseEntity<byte[]> state(@PathVariable("slug") String conference) {
        LiveRoom live = rooms.get(conference);
        WaitingRoom room = live.copy();
        double now = live.now();
        return states.compute(
                        conference,
                        (_, last) -> last != null
                                        && last.second() == (long) now
                                        && last.room().equals(room)
                                ? last
                                : new Made(room, (long) now, answer(live, room, now)))
                .answer();
    }

    private ResponseEntity<byte[]> answer(LiveRoom live, WaitingRoom room, double now) {
        PublicState state = new PublicState(
                room.state().name().toLowerCase(Locale.ROOT),
                drawAt(room),
                room.isOff() ? 0 : room.called(now),
                room.waiting(now, live.next()),
                room.pace().isPresent() ? (Double) (Math.round(room.pace().getAsDouble() * TENTHS) / TENTHS) : null,
                room.isOff() ? null : live.seats(),
                room.businessTime((long) now),
                room.draw().orElse(null));
        return PublicAnswer.of(MediaType.APPLICATION_JSON, json.writeValueAsBytes(state), KEPT);
    }

    private static @Nullable Instant drawAt(WaitingRoom room) {
        @Nullable Long drawAt = room.reported().drawAtInBusinessTime();
        return drawAt == null ? null : Instant.ofEpochSecond(drawAt);
    }

    @PostMapping("/places")
    Mono<ResponseEntity<Places.Answer>> take(@PathVariable("slug") String conference, ServerHttpRequest request) {
        LiveRoom room = rooms.get(conference);
        return LimitedBody.ignore(request)
                .then(places.take(room, false, request))
                .map(visited -> ResponseEntity.created(URI.create(PATH + "/" + conference + "/place"))
                        .body(places.answer(room, visited)));
    }

    @GetMapping("/place")
    ResponseEntity<Places.Answer> place(@PathVariable("slug") String conference, ServerHttpRequest request) {
        LiveRoom room = rooms.get(conference);
        Places.Visited visited =
                places.visit(room, conference, request).orElseThrow(() -> noPlace(conference, request));
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        places.cookies(visited).forEach(cookie -> answer.header(HttpHeaders.SET_COOKIE, cookie.toString()));
        return answer.body(places.answer(room, visited));
    }

    private Problem noPlace(String conference, ServerHttpRequest request) {
        return places.isWithoutToken(conference, request)
                ? Problem.unauthenticated()
                : new Problem(
                        Code.WAITING_ROOM,
                        "This is no place in this waiting room.",
                        Map.of("link", publicUrl + PATH + "/" + conference + "/places"));
    }
}
