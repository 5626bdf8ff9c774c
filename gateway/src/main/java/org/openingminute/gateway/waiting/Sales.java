package org.openingminute.gateway.waiting;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.ops.ServiceProbe;
import org.openingminute.gateway.problem.RehearsalClock;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Sale;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.gateway.room.WaitingRoom.Mode;
import org.openingminute.gateway.room.WaitingRoom.Reported;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Exchanges data with all instances of registration-service once a second, by {@code POST /internal/sales}: they report on sales and are
 * sent the rooms that are open. Confined to one thread, except for the names.
 */
@Component
final class Sales {

    /** The tolerance for a service's clock that is behind; otherwise it would report on the second before the last. */
    private static final Duration AFTER_THE_SECOND = Duration.ofMillis(100);
    /** Ends within the second, so that a silent instance does not delay the lines. */
    private static final Duration PATIENCE = Duration.ofMillis(800);
    /**
     * Twice the seconds for which an instance without queries keeps to its share of the capacity: an instance that is late for a while is
     * not gone.
     */
    private static final int MISSED_BY_ONE_GONE = 20;

    /** The mapper of answers, which may come from newer services. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Function<ServiceProbe.Question, Flux<ServiceProbe.ProbeResult>> services;
    private final Clock clock;
    private final RehearsalClock rehearsal;
    /** The present instances, each with the number of consecutive queries that it missed while another answered. */
    private final Map<String, Integer> missed = new HashMap<>();
    /** For each instance, the position up to which its used places are known; it is sent with the next query. */
    private final Map<String, Long> learnt = new HashMap<>();

    private final Map<String, String> names = new ConcurrentHashMap<>();

    @Autowired
    Sales(ServiceProbe services, Clock clock, RehearsalClock rehearsal) {
        this(services::exchangeWithAll, clock, rehearsal);
    }

    /** @param services queries all instances */
    Sales(
            Function<ServiceProbe.Question, Flux<ServiceProbe.ProbeResult>> services,
            Clock clock,
            RehearsalClock rehearsal) {
        this.services = services;
        this.clock = clock;
        this.rehearsal = rehearsal;
    }

    /**
     * A room that is open, so that an admission is required.
     *
     * @param capacity the registrations a second
     * @param measured whether an opening measured the capacity
     * @param drawAt business time of the draw for which people gather; {@code null} for none
     */
    record OpenRoom(
            String conference,
            long room,
            double capacity,
            boolean measured,
            @Nullable Instant drawAt) {}

    /**
     * The query to the instances.
     *
     * @param all whether every room that is not listed is closed, which only the gateway that moves the lines knows immediately
     * @param instances the number of instances, among which the capacity is divided
     */
    private record Question(List<OpenRoom> rooms, boolean all, int instances, Map<String, Long> learnt) {}

    private record Answer(
            Instant now,
            String instance,
            long usedUpTo,
            @Nullable List<Part> sales,
            @Nullable Map<String, String> names) {}

    /** @param ahead the seconds by which business time was ahead when this answer arrived, before the last instance answered */
    private record ReceivedAnswer(Answer answer, long ahead) {}

    /**
     * @param decided the decided registrations, and those of them with an admission
     * @param usedPlaces room, number and second of each admission that was used
     */
    private record Part(
            String conference,
            String state,
            double seatsLeft,
            double seatsPerRegistration,
            @Nullable List<Integer> decided,
            int refused,
            int longestWaitMillis,
            @Nullable List<List<Long>> usedPlaces,
            String mode,
            @Nullable Instant drawAt,
            @Nullable Double perSecond,
            @Nullable Double capacity) {}

    /**
     * A sale as all instances report it together.
     *
     * @param counted what was counted in the second before the query
     */
    record SaleReport(Reported reported, List<Counted.Entry> counted) {}

    /**
     * Queries all instances and waits for their answers. A conference that no instance knows is missing from the result.
     *
     * @param isMover whether this gateway moves the lines. All gateways that do so use one name towards registration-service. It
     *     reports to that name the admissions used since the last answer that arrived, so a gateway that takes over continues where the
     *     previous one ended
     * @throws IllegalStateException if no instance answers
     */
    Map<String, SaleReport> ask(List<OpenRoom> rooms, boolean isMover, long second) {
        String path = isMover ? "/internal/sales?instance=mover" : "/internal/sales";
        List<ReceivedAnswer> arrived = answers(path, rooms, isMover)
                .map(answer -> new ReceivedAnswer(answer, ahead(answer)))
                .delaySubscription(AFTER_THE_SECOND)
                .sort(Comparator.comparing(one -> one.answer().now()))
                .collectList()
                .blockOptional()
                .orElseThrow();
        if (arrived.isEmpty()) {
            throw new IllegalStateException("no instance of registration-service answers");
        }
        updateInstances(arrived);
        rehearsal.set(arrived.getLast().answer().now());
        Map<String, SaleReport> reports = new HashMap<>();
        for (ReceivedAnswer one : arrived) {
            Answer answer = one.answer();
            if (isMover) {
                learnt.put(answer.instance(), answer.usedUpTo());
            }
            if (answer.names() != null) {
                names.putAll(answer.names());
            }
            for (Part part : answer.sales() == null ? List.<Part>of() : answer.sales()) {
                // The sale as the newest answer describes it, and the counts of all.
                reports.merge(
                        part.conference(),
                        new SaleReport(reported(part, one.ahead()), counted(part, second - 1)),
                        (older, newer) -> new SaleReport(
                                newer.reported(),
                                Stream.concat(older.counted().stream(), newer.counted().stream())
                                        .toList()));
            }
        }
        return reports;
    }

    /** The name of a conference, or its slug until registration-service has reported the name. Safe to call from any thread. */
    String name(String conference) {
        return names.getOrDefault(conference, conference);
    }

    private long ahead(Answer answer) {
        return Math.round(Duration.between(clock.instant(), answer.now()).toMillis() / 1000.0);
    }

    /** Updates which instances are present. A late one still counts, so that the others do not admit more than their share. */
    private void updateInstances(List<ReceivedAnswer> arrived) {
        missed.replaceAll((_, questions) -> questions + 1);
        arrived.forEach(one -> missed.put(one.answer().instance(), 0));
        missed.values().removeIf(questions -> questions >= MISSED_BY_ONE_GONE);
        learnt.keySet().retainAll(missed.keySet());
    }

    /** Sends the open rooms to all instances, without waiting for the next second. Only for the gateway that moves the lines. */
    void push(List<OpenRoom> rooms) {
        answers("/internal/sales", rooms, true).blockLast();
    }

    private Flux<Answer> answers(String path, List<OpenRoom> rooms, boolean areAll) {
        return services.apply(new ServiceProbe.Question(
                        Service.REGISTRATION,
                        HttpMethod.POST,
                        path,
                        HttpHeaders.EMPTY,
                        JSON.valueToTree(new Question(rooms, areAll, Math.max(1, missed.size()), learnt)),
                        PATIENCE))
                .filter(answer -> answer.status().is2xxSuccessful())
                .mapNotNull(answer -> JSON.treeToValue(answer.body(), Answer.class));
    }

    private static Reported reported(Part part, long ahead) {
        Sale.State state = switch (part.state()) {
            // With no seat left nobody is called, and in the mode on all keep their places: seats that are held may
            // come back.
            case "open", "sold-out" -> Sale.State.OPEN;
            case "closed" -> Sale.State.OVER;
            default -> Sale.State.HALTED;
        };
        Mode mode = switch (part.mode().toLowerCase(Locale.ROOT)) {
            case "auto" -> Mode.AUTO;
            case "on" -> Mode.ON;
            default -> Mode.OFF;
        };
        OptionalDouble perSecond =
                part.perSecond() == null ? OptionalDouble.empty() : OptionalDouble.of(part.perSecond());
        return new Reported(
                new Sale(
                        state,
                        part.state().equals("sold-out") ? 0 : part.seatsLeft(),
                        Math.max(1, part.seatsPerRegistration()),
                        perSecond),
                mode,
                part.drawAt() == null ? null : (Long) (part.drawAt().getEpochSecond() - ahead),
                ahead,
                part.capacity());
    }

    private static List<Counted.Entry> counted(Part part, long second) {
        List<Counted.Entry> entries = new ArrayList<>();
        if (part.decided() != null && !part.decided().isEmpty()) {
            entries.add(new Counted.Entry(Count.DECIDED, second, part.decided().getFirst()));
        }
        if (part.refused() > 0) {
            entries.add(new Counted.Entry(Count.REFUSED, second, part.refused()));
        }
        if (part.longestWaitMillis() > 0) {
            entries.add(new Counted.Entry(Count.WAIT_MILLIS, second, part.longestWaitMillis()));
        }
        if (part.usedPlaces() != null) {
            for (List<Long> place : part.usedPlaces()) {
                entries.add(new Counted.Entry(Count.USED, place.getLast(), 1));
            }
        }
        return entries;
    }
}
