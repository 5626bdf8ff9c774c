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
 * What all instances of registration-service say once a second of the sales, and are told of the rooms: {@code POST /internal/sales}.
 * For one thread alone.
 */
@Component
final class Sales {

    /** So much may a service's clock be behind, or it would tell of the second before the last. */
    private static final Duration AFTER_THE_SECOND = Duration.ofMillis(100);
    /** Ends with the second, so that a silent instance delays no line. */
    private static final Duration PATIENCE = Duration.ofMillis(800);
    /** Twice the seconds for which an instance that is asked nothing keeps to its share: one that is only late for a while is not gone. */
    private static final int MISSED_BY_ONE_GONE = 20;

    /** A gateway may be older than the services. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Function<ServiceProbe.Question, Flux<ServiceProbe.ProbeResult>> services;
    private final Clock clock;
    private final RehearsalClock rehearsal;
    /** The instances that are there: how many questions in a row each missed that another answered. */
    private final Map<String, Integer> missed = new HashMap<>();
    /** Up to where each instance's used places are known, which it is told. */
    private final Map<String, Long> learnt = new HashMap<>();

    @Autowired
    Sales(ServiceProbe services, Clock clock, RehearsalClock rehearsal) {
        this(services::exchangeWithAll, clock, rehearsal);
    }

    /** @param services asks all instances */
    Sales(
            Function<ServiceProbe.Question, Flux<ServiceProbe.ProbeResult>> services,
            Clock clock,
            RehearsalClock rehearsal) {
        this.services = services;
        this.clock = clock;
        this.rehearsal = rehearsal;
    }

    /**
     * A room in which an admission is needed now.
     *
     * @param capacity registrations a second
     * @param measured whether an opening showed it
     */
    record OpenRoom(String conference, long room, double capacity, boolean measured) {}

    /**
     * What they are told.
     *
     * @param all whether a room that is not among these is closed, which the gateway that moves the lines knows at once
     * @param instances how many are there, which share the capacity
     */
    private record Question(List<OpenRoom> rooms, boolean all, int instances, Map<String, Long> learnt) {}

    private record Answer(
            Instant now,
            String instance,
            long usedUpTo,
            @Nullable List<Part> sales) {}

    /** @param ahead seconds by which business time was ahead when it arrived, which is before the last instance answered */
    private record Arrived(Answer answer, long ahead) {}

    /**
     * @param decided registrations, and of them those with an admission
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
     * A sale by all instances together.
     *
     * @param counted of the second before the question
     */
    record Told(Reported reported, List<Counted.Entry> counted) {}

    /**
     * Asks all instances, and waits for the answers; what no instance knows is not among them.
     *
     * @param isMover whether this gateway moves the lines: whichever does has one name for registration-service, which tells it of the
     *     admissions used since its last answer that arrived, and one that takes over of those since the last that the one before had
     * @throws IllegalStateException if none answers
     */
    Map<String, Told> ask(List<OpenRoom> rooms, boolean isMover, long second) {
        List<Arrived> arrived = answers(isMover ? "/internal/sales?instance=mover" : "/internal/sales", rooms, isMover)
                .map(answer -> new Arrived(answer, ahead(answer)))
                .delaySubscription(AFTER_THE_SECOND)
                .sort(Comparator.comparing(one -> one.answer().now()))
                .collectList()
                .blockOptional()
                .orElseThrow();
        if (arrived.isEmpty()) {
            throw new IllegalStateException("no instance of registration-service answers");
        }
        noteWhoIsThere(arrived);
        rehearsal.set(arrived.getLast().answer().now());
        Map<String, Told> told = new HashMap<>();
        for (Arrived one : arrived) {
            Answer answer = one.answer();
            if (isMover) {
                learnt.put(answer.instance(), answer.usedUpTo());
            }
            for (Part part : answer.sales() == null ? List.<Part>of() : answer.sales()) {
                // The newest answer's sale, and what all counted.
                told.merge(
                        part.conference(),
                        new Told(reported(part, one.ahead()), counted(part, second - 1)),
                        (older, newer) -> new Told(
                                newer.reported(),
                                Stream.concat(older.counted().stream(), newer.counted().stream())
                                        .toList()));
            }
        }
        return told;
    }

    private long ahead(Answer answer) {
        return Math.round(Duration.between(clock.instant(), answer.now()).toMillis() / 1000.0);
    }

    /** A late answer is no reason for the others to let in more than their share. */
    private void noteWhoIsThere(List<Arrived> arrived) {
        missed.replaceAll((_, questions) -> questions + 1);
        arrived.forEach(one -> missed.put(one.answer().instance(), 0));
        missed.values().removeIf(questions -> questions >= MISSED_BY_ONE_GONE);
        learnt.keySet().retainAll(missed.keySet());
    }

    /** Tells all instances which rooms are open, without waiting for the next second; only for the gateway that moves the lines. */
    void tell(List<OpenRoom> rooms) {
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
