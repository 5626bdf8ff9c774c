package org.openingminute.gateway.waiting;

import java.text.NumberFormat;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.ops.ServiceProbe;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.gateway.room.Opening;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.PublicDraw;
import org.openingminute.gateway.staff.DeskFrame;
import org.openingminute.gateway.staff.StaffAccess;
import org.openingminute.kit.access.Permission;
import org.openingminute.ui.BusinessTime;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Figure;
import org.openingminute.ui.part.Tone;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Reports on the current opening, or the last one, to the organiser. */
@RestController
class ReportController {

    private static final double HUNDREDTHS = 100;

    private static final int MINUTE = 60;

    private final Rooms rooms;
    private final StaffAccess access;
    private final DeskFrame frame;
    private final ServiceProbe services;

    ReportController(Rooms rooms, StaffAccess access, DeskFrame frame, ServiceProbe services) {
        this.rooms = rooms;
        this.access = access;
        this.frame = frame;
        this.services = services;
    }

    /** Waiting times from taking a place to being called, in seconds. */
    record WaitSeconds(@Nullable Long p50, @Nullable Long p95) {}

    /**
     * The report of an opening.
     *
     * @param openedAt business time; {@code null} if the room was never open
     * @param closedAt business time; {@code null} while the room is open
     */
    record Answer(
            @Nullable Instant openedAt,
            @Nullable Instant closedAt,
            long waited,
            long admitted,
            long used,
            long left,
            WaitSeconds waitSeconds,
            @Nullable Double estimatesKept,
            long inversions,
            @Nullable PublicDraw draw) {}

    @GetMapping("/api/admin/waiting-room/{slug}/report")
    Mono<ResponseEntity<Answer>> report(@PathVariable("slug") String conference, ServerHttpRequest request) {
        return access.require(Permission.ORGANISE, request)
                .map(organiser -> organiser.in(conference))
                .then(Mono.fromSupplier(() -> rooms.get(conference)))
                .map(room ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer(room)));
    }

    /** The same report as a page. */
    @GetMapping("/desk/{slug}/waiting-room/report")
    Mono<ResponseEntity<byte[]>> page(@PathVariable("slug") String conference, ServerHttpRequest request) {
        Locale language = Pages.languageFor(request.getHeaders());
        return frame.page(
                DeskEntry.WAITING_ROOM,
                conference,
                request,
                Mono.defer(() -> services.object(Service.REGISTRATION, "/api/conferences/" + conference)),
                (_, known) -> Mono.fromSupplier(() -> shown(known, answer(rooms.get(conference)), language)));
    }

    private static DeskFrame.Content shown(DeskFrame.DeskConference conference, Answer answer, Locale language) {
        ResourceBundle words = DeskFrame.words(language);
        Map<String, Object> values = new HashMap<>();
        values.put("settings", DeskEntry.WAITING_ROOM.address(conference.slug()));
        values.put("figures", figures(answer, words, language));
        Optional.ofNullable(answer.openedAt())
                .ifPresent(at -> values.put("opened", BusinessTime.at(at, conference.zone(), language)));
        Optional.ofNullable(answer.closedAt())
                .ifPresent(at -> values.put("closed", BusinessTime.at(at, conference.zone(), language)));
        Optional.ofNullable(answer.draw()).ifPresent(draw -> values.put("draw", draw));
        return new DeskFrame.Content("room-report", values);
    }

    private static List<Figure> figures(Answer answer, ResourceBundle words, Locale language) {
        NumberFormat number = NumberFormat.getIntegerInstance(language);
        String none = words.getString("room-report.none");
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("waited", number.format(answer.waited()));
        figures.put("admitted", number.format(answer.admitted()));
        figures.put("used", number.format(answer.used()));
        figures.put("left", number.format(answer.left()));
        figures.put("wait", duration(answer.waitSeconds().p50(), words));
        figures.put("wait-long", duration(answer.waitSeconds().p95(), words));
        figures.put(
                "estimates",
                answer.estimatesKept() == null
                        ? none
                        : NumberFormat.getPercentInstance(language).format(answer.estimatesKept()));
        figures.put("inversions", number.format(answer.inversions()));
        return figures.entrySet().stream()
                .map(figure -> new Figure(
                        words.getString("room-report." + figure.getKey()), figure.getValue(), null, Tone.NEUTRAL, null))
                .toList();
    }

    private static String duration(@Nullable Long seconds, ResourceBundle words) {
        return seconds == null
                ? words.getString("room-report.none")
                : words.getString("room-report.minutes")
                        .replace("{minutes}", Long.toString(seconds / MINUTE))
                        .replace("{seconds}", Long.toString(seconds % MINUTE));
    }

    private static Answer answer(LiveRoom live) {
        WaitingRoom room = live.copy();
        Opening.Report report = room.report();
        return new Answer(
                businessTime(room, report.openedAt()),
                businessTime(room, report.closedAt()),
                report.waited(),
                report.admitted(),
                report.used(),
                report.left(),
                new WaitSeconds(report.p50(), report.p95()),
                report.estimatesKept() == null
                        ? null
                        : (Double) (Math.round(report.estimatesKept() * HUNDREDTHS) / HUNDREDTHS),
                report.inversions(),
                room.draw().orElse(null));
    }

    private static @Nullable Instant businessTime(WaitingRoom room, @Nullable Long second) {
        return second == null ? null : room.businessTime(second);
    }
}
