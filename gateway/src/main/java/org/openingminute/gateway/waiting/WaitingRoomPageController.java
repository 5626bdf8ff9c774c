package org.openingminute.gateway.waiting;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.gateway.request.PageForm;
import org.openingminute.gateway.room.Standing;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.kit.access.OriginCheck;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * The page of the waiting room. It takes a place, stores it in a cookie, and leads to the form once the place is called. It depends on
 * nothing outside of the gateway.
 */
@RestController
@RequestMapping("/waiting-room/{slug}")
class WaitingRoomPageController {

    private static final ResourceBundle.Control NO_OTHER_LANGUAGE =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);
    /** The parameter with which a page reloads itself. */
    private static final String AGAIN = "again";

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final double MINUTE = Duration.ofMinutes(1).toSeconds();

    private final Rooms rooms;
    private final Places places;
    private final Pages pages;
    private final OriginCheck origins;

    WaitingRoomPageController(Rooms rooms, Places places, Pages pages, GatewaySettings settings) {
        this.rooms = rooms;
        this.places = places;
        this.pages = pages;
        this.origins = new OriginCheck(settings.publicUrl());
    }

    /** Takes a place, unless the browser has one. */
    @GetMapping
    Mono<ResponseEntity<byte[]>> page(@PathVariable("slug") String conference, ServerHttpRequest request) {
        LiveRoom room = rooms.get(conference);
        boolean isOff = room.copy().isOff();
        Optional<Places.Visited> known =
                places.visit(room, conference, request).filter(visited -> !(isOff && visited.isOver()));
        if (known.isEmpty() && !isOff && request.getQueryParams().containsKey(AGAIN)) {
            // A browser that does not keep cookies would take one place after another.
            return Mono.just(answer("waiting-room-lost", Map.of("conference", conference), request));
        }
        if (known.isEmpty() && HttpMethod.HEAD.equals(request.getMethod())) {
            // A HEAD request must not take a place, because nobody would see it.
            return Mono.just(ResponseEntity.ok()
                    .contentType(HTML)
                    .cacheControl(CacheControl.noStore())
                    .build());
        }
        return known.map(Mono::just)
                .orElseGet(() -> places.take(room, true, request))
                .map(visited -> page(room, visited, request));
    }

    /** Takes a new place if the present one is over; any other place is kept. */
    @PostMapping
    Mono<ResponseEntity<byte[]>> takeAgain(@PathVariable("slug") String conference, ServerHttpRequest request) {
        origins.requireOwn(request);
        LiveRoom room = rooms.get(conference);
        Mono<Places.Visited> good = places.visit(room, conference, request)
                .filter(visited -> !visited.isOver())
                .map(Mono::just)
                .orElseGet(() -> places.take(room, true, request));
        return PageForm.of(request)
                .then(good)
                .map(visited ->
                        seeOther(RoomGatewayFilterFactory.pageOf(conference) + "?" + AGAIN, places.cookies(visited)));
    }

    private ResponseEntity<byte[]> page(LiveRoom room, Places.Visited visited, ServerHttpRequest request) {
        String conference = visited.place().conference();
        if (visited.isOver()) {
            String why = visited.standing().state() == Standing.State.MISSED ? "missed" : "ended";
            return answer(
                    "waiting-room-over",
                    Map.of("conference", conference, "why", words(request).getString(why)),
                    request);
        }
        List<ResponseCookie> cookies = places.cookies(visited);
        return visited.place().visit().isAdmitted()
                ? seeOther("/conferences/" + conference + "/register", cookies)
                : answer(
                        "waiting-room",
                        values(room, visited, request),
                        request,
                        cookies.toArray(ResponseCookie[]::new));
    }

    private Map<String, String> values(LiveRoom room, Places.Visited visited, ServerHttpRequest request) {
        Locale language = Pages.languageFor(request.getHeaders());
        ResourceBundle words = words(request);
        Standing standing = visited.standing();
        boolean isGathering = Places.isGathering(room, standing);
        Places.Estimate estimate = Places.estimate(room, standing);
        String seats = room.seats();
        Map<String, String> values = new HashMap<>();
        for (String word : words.keySet()) {
            values.put(word, words.getString(word));
        }
        values.put("conference", visited.place().conference());
        values.put("name", rooms.name(visited.place().conference()));
        values.put("position", Long.toString(Places.position(standing)));
        values.put("to", Long.toString(estimate.toSeconds()));
        values.put("poll", Integer.toString(places.pollAfter(room, standing)));
        Optional<Long> gathered = room.copy().gathered(visited.place());
        values.put("drawIn", isGathering ? Long.toString((long) Math.ceil(standing.left())) : "");
        values.put("gathered", gathered.map(String::valueOf).orElse(""));
        values.put("number", gathered.map(number -> Long.toString(number + 1)).orElse(""));
        values.put("seats", words.getString(seats));
        String why = room.copy().state() == WaitingRoom.State.PAUSED ? "paused" : seats.equals("none") ? "over" : "";
        boolean isHeld = !isGathering && !why.isEmpty();
        values.put("held", isHeld ? words.getString(why + "-when") : "");
        values.put("note", isGathering ? words.getString("draw") : isHeld ? words.getString(why) : "");
        values.put(
                "ahead",
                isGathering
                        ? words.getString("undrawn")
                        : NumberFormat.getIntegerInstance(language).format(standing.ahead()));
        values.put("when", isHeld ? words.getString(why + "-when") : when(isGathering, standing, estimate, words));
        return values;
    }

    private static String when(boolean isGathering, Standing standing, Places.Estimate estimate, ResourceBundle words) {
        if (isGathering) {
            long minutes = (long) Math.ceil(standing.left() / MINUTE);
            return minutes == 0
                    ? words.getString("drawing")
                    : words.getString("after-draw").replace("%1", Long.toString(minutes));
        }
        long from = (long) (estimate.fromSeconds() / MINUTE);
        long to = (long) Math.ceil(estimate.toSeconds() / MINUTE);
        if (to <= 1) {
            return words.getString("soon");
        }
        return from < 1
                ? words.getString("within").replace("%1", Long.toString(to))
                : words.getString("range").replace("%1", Long.toString(from)).replace("%2", Long.toString(to));
    }

    private static ResourceBundle words(ServerHttpRequest request) {
        return ResourceBundle.getBundle(
                "pages/waiting-room", Pages.languageFor(request.getHeaders()), NO_OTHER_LANGUAGE);
    }

    private ResponseEntity<byte[]> answer(
            String name, Map<String, String> values, ServerHttpRequest request, ResponseCookie... cookies) {
        Locale language = Pages.languageFor(request.getHeaders());
        return ResponseEntity.ok()
                .contentType(HTML)
                .header(HttpHeaders.CONTENT_LANGUAGE, language.getLanguage())
                .header(HttpHeaders.VARY, "Accept-Language, Cookie")
                .header(HttpHeaders.SET_COOKIE, texts(List.of(cookies)))
                .cacheControl(CacheControl.noStore())
                .body(pages.page(name, language, values));
    }

    private static ResponseEntity<byte[]> seeOther(String path, List<ResponseCookie> cookies) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create(path))
                .header(HttpHeaders.SET_COOKIE, texts(cookies))
                .build();
    }

    private static String[] texts(List<ResponseCookie> cookies) {
        return cookies.stream().map(ResponseCookie::toString).toArray(String[]::new);
    }
}
