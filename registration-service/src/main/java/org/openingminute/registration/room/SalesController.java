package org.openingminute.registration.room;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.conferences.Conferences.CurrentSale;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.room.RoomRepository.StoredRoom;
import org.openingminute.registration.room.SaleActivity.Activity;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Each gateway asks each instance once a second how its sales are, and says which conferences need an admission now. Not reachable
 * from outside.
 */
@RestController
class SalesController {

    private static final double WORTH_SAVING = 0.05;

    private final Conferences conferences;
    private final Admissions admissions;
    private final SaleActivity activity;
    private final UsedPlaces used;
    private final OpenRooms open;
    private final RoomRepository rooms;

    SalesController(
            Conferences conferences,
            Admissions admissions,
            SaleActivity activity,
            UsedPlaces used,
            OpenRooms open,
            RoomRepository rooms) {
        this.conferences = conferences;
        this.admissions = admissions;
        this.activity = activity;
        this.used = used;
        this.open = open;
        this.rooms = rooms;
    }

    /** @param rooms those that need an admission now */
    record SalesQuestion(@Nullable List<ReportedRoom> rooms) {}

    /**
     * An open room.
     *
     * @param room its number, as in the tokens
     * @param capacity registrations a second
     * @param measured whether a busy queue ever showed that capacity; an assumed one is not saved
     */
    record ReportedRoom(String conference, long room, double capacity, boolean measured) {}

    /** @param now business time */
    record SalesAnswer(Instant now, List<SaleNow> sales) {}

    /**
     * A conference's sale, and its requests in this instance in the last whole second.
     *
     * @param decided by batches, and those of them with an admission
     * @param refused those that did not get in
     * @param capacity as it was saved last
     * @param usedPlaces room, number and begin of the admissions used since this gateway asked last
     */
    record SaleNow(
            String conference,
            String state,
            int seatsLeft,
            double seatsPerRegistration,
            List<Integer> decided,
            int refused,
            long longestWaitMillis,
            RoomSettings.Mode mode,
            @Nullable Instant drawAt,
            @Nullable Double perSecond,
            @Nullable Double capacity,
            List<long[]> usedPlaces) {}

    @PostMapping(path = "/internal/sales", consumes = MediaType.APPLICATION_JSON_VALUE)
    SalesAnswer sales(
            @RequestParam(defaultValue = "") String instance, @RequestBody(required = false) byte @Nullable [] body) {
        // A gateway of a later version may say more.
        @Nullable
        List<ReportedRoom> reported = JsonBody.read(JsonBody.object(body), SalesQuestion.class)
                .value()
                .rooms();
        List<ReportedRoom> needed = reported == null ? List.of() : reported;
        needed.forEach(room -> open.reported(room.conference(), room.capacity()));
        List<String> slugs =
                conferences.notOver().stream().map(Conference::slug).toList();
        Map<String, StoredRoom> stored = rooms.rooms(slugs);
        needed.forEach(room -> saveCapacity(room, stored));
        Map<String, List<long[]>> places = used.since(instance);
        return new SalesAnswer(
                conferences.now(),
                slugs.stream()
                        .map(slug -> sale(
                                slug, Objects.requireNonNull(stored.get(slug)), places.getOrDefault(slug, List.of())))
                        .toList());
    }

    private SaleNow sale(String slug, StoredRoom room, List<long[]> usedPlaces) {
        CurrentSale sale = conferences.sale(slug);
        Activity last = activity.lastSecond(slug);
        return new SaleNow(
                slug,
                sale.view().state(),
                sale.seatsLeft(),
                activity.seatsPerRegistration(slug),
                List.of(last.decided(), last.admitted()),
                last.refused(),
                Math.max(last.longestWaitMillis(), admissions.longestWait(slug).toMillis()),
                room.settings().mode(),
                room.settings().drawAt(),
                room.settings().perSecond(),
                room.capacity(),
                usedPlaces);
    }

    private void saveCapacity(ReportedRoom room, Map<String, StoredRoom> stored) {
        @Nullable StoredRoom known = stored.get(room.conference());
        if (known == null || !room.measured()) {
            return;
        }
        @Nullable Double before = known.capacity();
        if (before == null || Math.abs(room.capacity() - before) > before * WORTH_SAVING) {
            rooms.saveCapacity(room.conference(), room.capacity());
        }
    }
}
