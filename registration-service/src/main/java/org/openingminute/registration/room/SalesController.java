package org.openingminute.registration.room;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
 * Reports the state of sales to gateways. Each gateway polls each instance once a second, and reports which conferences need an admission
 * now. Not reachable from outside.
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
     * A gateway's request.
     *
     * @param rooms the rooms that need an admission now
     * @param all whether {@code rooms} is complete; only the gateway that advances the queues sends true
     * @param instances number of this service's instances, which share the capacity; {@code null} means 1
     * @param learnt {@code usedUpTo} of the last response that arrived, by the process that sent it
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
     * @param measured whether a busy queue has ever reached that capacity; an assumed capacity is not saved
     * @param drawAt business time of the draw for which people gather; {@code null} for none
     */
    record ReportedRoom(
            String conference,
            long room,
            double capacity,
            boolean measured,
            @Nullable Instant drawAt) {}

    /**
     * An instance's response.
     *
     * @param now business time
     * @param instance this process
     * @param usedUpTo the position to send in the next request; otherwise the same used places are reported again
     * @param names of the conferences, by slug
     */
    record SalesAnswer(Instant now, String instance, long usedUpTo, List<SaleNow> sales, Map<String, String> names) {}

    /**
     * A conference's sale, and its requests in this instance in the last whole second.
     *
     * @param decided requests decided by batches, and how many of them had an admission
     * @param refused requests that were shed for load, or that no batch decided in time
     * @param capacity the last saved capacity
     * @param usedPlaces room, number and start of the admissions used since the last response that reached {@code instance}; empty
     *     without {@code instance}
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
        // A gateway of a later version may send further fields.
        SalesQuestion question =
                JsonBody.read(JsonBody.object(body), SalesQuestion.class).value();
        List<ReportedRoom> needed = question.rooms() == null ? List.of() : question.rooms();
        int instances = question.instances() == null ? 1 : question.instances();
        needed.forEach(room -> open.reported(room.conference(), room.capacity(), instances, room.drawAt()));
        if (Boolean.TRUE.equals(question.all())) {
            open.closeOthers(needed.stream().map(ReportedRoom::conference).toList());
        }
        Sales read = sales.read();
        Map<String, Long> learnt = question.learnt() == null ? Map.of() : question.learnt();
        UsedPlaces.Report places = instance.isEmpty()
                ? new UsedPlaces.Report(0, Map.of())
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
                        .toList(),
                read.all().stream().collect(Collectors.toMap(ReadSale::conference, ReadSale::name)));
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
