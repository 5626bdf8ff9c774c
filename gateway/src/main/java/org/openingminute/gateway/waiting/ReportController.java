package org.openingminute.gateway.waiting;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.room.Opening;
import org.openingminute.gateway.room.WaitingRoom.PublicDraw;
import org.openingminute.gateway.staff.StaffAccess;
import org.openingminute.kit.access.Permission;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What an organiser is told of the opening that is under way, or of the last one. */
@RestController
class ReportController {

    private static final double HUNDREDTHS = 100;

    private final Rooms rooms;
    private final StaffAccess access;

    ReportController(Rooms rooms, StaffAccess access) {
        this.rooms = rooms;
        this.access = access;
    }

    /** Seconds from taking a place to being called. */
    record WaitSeconds(@Nullable Long p50, @Nullable Long p95) {}

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

    private static Answer answer(LiveRoom room) {
        Opening.Report report = room.copy().report();
        return new Answer(
                instant(report.openedAt()),
                instant(report.closedAt()),
                report.waited(),
                report.admitted(),
                report.used(),
                report.left(),
                new WaitSeconds(report.p50(), report.p95()),
                report.estimatesKept() == null
                        ? null
                        : (Double) (Math.round(report.estimatesKept() * HUNDREDTHS) / HUNDREDTHS),
                report.inversions(),
                room.copy().draw().orElse(null));
    }

    private static @Nullable Instant instant(@Nullable Long second) {
        return second == null ? null : Instant.ofEpochSecond(second);
    }
}
