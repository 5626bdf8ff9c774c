package org.openingminute.registration.room;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.room.SaleActivity.Activity;
import org.openingminute.registration.room.SalesReader.ReadSale;
import org.openingminute.registration.room.SalesReader.Sales;
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

    private final SalesReader sales;
    private final Admissions admissions;
    private final SaleActivity activity;
    private final UsedPlaces used;
    private final OpenRooms open;
    private final RoomRepository rooms;

    SalesController(
            SalesReader sales,
            Admissions admissions,
            SaleActivity activity,
            UsedPlaces used,
            OpenRooms open,
            RoomRepository rooms) {
        this.sales = sales;
        this.admissions = admissions;
        this.activity = activity;
        this.used = used;
        this.open = open;
        this.rooms = rooms;
    }

    /**
     * What a gateway says.
     *
     * @param rooms those that need an admission now
     * @param all whether no other room does: the gateway that moves the lines says so
     * @param instances how many of this service are there, which share the capacity; {@code null} for one
     * @param learnt {@code usedUpTo} of the last answer that arrived, by the process that gave it
     */
    record SalesQuestion(
            @Nullable List<ReportedRoom> rooms,
            @Nullable Boolean all,
            @Nullable Integer instances,
            @Nullable Map<String, Long> learnt) {}

    /**
     * An open room.
     *
     * @param room its number, as in the tokens
     * @param capacity registrations a second, by all instances together
     * @param measured whether a busy queue ever showed that capacity; an assumed one is not saved
     */
    record ReportedRoom(String conference, long room, double capacity, boolean measured) {}

    /**
     * What an instance says.
     *
     * @param now business time
     * @param instance this process
     * @param usedUpTo to be named in the next question, or the same used places are told again
     */
    record SalesAnswer(Instant now, String instance, long usedUpTo, List<SaleNow> sales) {}

    /**
     * A conference's sale, and its requests in this instance in the last whole second.
     *
     * @param decided by batches, and those of them with an admission
     * @param refused those that did not get in, or that no batch decided in time
     * @param capacity as it was saved last
     * @param usedPlaces room, number and begin of the admissions used since the answer to {@code instance} that arrived last; without one, none
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
        SalesQuestion question =
                JsonBody.read(JsonBody.object(body), SalesQuestion.class).value();
        List<ReportedRoom> needed = question.rooms() == null ? List.of() : question.rooms();
        int instances = question.instances() == null ? 1 : question.instances();
        needed.forEach(room -> open.reported(room.conference(), room.capacity(), instances));
        if (Boolean.TRUE.equals(question.all())) {
            open.keep(needed.stream().map(ReportedRoom::conference).toList());
        }
        Sales read = sales.read();
        Map<String, Long> learnt = question.learnt() == null ? Map.of() : question.learnt();
        UsedPlaces.Told places = instance.isEmpty()
                ? new UsedPlaces.Told(0, Map.of())
                : used.since(instance, learnt.get(used.instance()));
        return new SalesAnswer(
                read.now(),
                used.instance(),
                places.upTo(),
                read.all().stream()
                        .map(sale -> {
                            needed.stream()
                                    .filter(room -> room.conference().equals(sale.conference()))
                                    .forEach(room -> saveCapacity(room, sale));
                            return now(sale, places.places().getOrDefault(sale.conference(), List.of()));
                        })
                        .toList());
    }

    private void saveCapacity(ReportedRoom room, ReadSale sale) {
        @Nullable Double before = sale.room().capacity();
        if (room.measured() && (before == null || Math.abs(room.capacity() - before) > before * WORTH_SAVING)) {
            rooms.saveCapacity(room.conference(), room.capacity());
        }
    }

    private SaleNow now(ReadSale read, List<long[]> usedPlaces) {
        String slug = read.conference();
        Activity last = activity.lastSecond(slug);
        RoomSettings settings = read.room().settings();
        return new SaleNow(
                slug,
                read.sale().view().state(),
                read.sale().seatsLeft(),
                activity.seatsPerRegistration(slug),
                List.of(last.decided(), last.admitted()),
                last.refused(),
                Math.max(last.longestWaitMillis(), admissions.longestWait(slug).toMillis()),
                settings.mode(),
                settings.drawAt(),
                settings.perSecond(),
                read.room().capacity(),
                usedPlaces);
    }
}
