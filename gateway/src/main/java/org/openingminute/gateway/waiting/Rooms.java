package org.openingminute.gateway.waiting;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.gateway.room.WaitingRoom.Reported;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The waiting rooms of all conferences. At the beginning of each second, one thread queries registration-service, moves the lines if this
 * gateway is the one to do so, and updates the copies of all rooms. Requests read the copies and never wait.
 */
@Component
final class Rooms implements SmartLifecycle, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Rooms.class);

    private static final int SEED_BYTES = 16;
    private static final int SECOND_MILLIS = 1000;
    /** Longer than a single answer may be late, and shorter than called people need to fill in the form. */
    private static final int SILENCE_SECONDS = 5;
    /** Two queries without an answer. Another gateway takes over a second later, before the lines would be halted. */
    private static final int UNANSWERED_SECONDS = 3;

    private final Sales sales;
    private final RoomStore store;
    private final Clock clock;
    private final RoomMeters meters;
    private final double assumedCapacity;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, LiveRoom> rooms = new ConcurrentHashMap<>();
    private final Set<Part> failing = ConcurrentHashMap.newKeySet();
    private long lastSecond;
    private long lastAnswer;
    /** The second in which registration-service first reported its conferences; 0 until then. */
    private volatile long reportedSince;

    private volatile @Nullable ScheduledExecutorService thread;

    /** A part of each second's work, which may fail by itself. */
    enum Part {
        /** Determines which gateway moves the lines, and reads the latest copies. */
        READ("read"),
        /** Queries registration-service. */
        TOLD("told of"),
        /** Stores what was counted, and the rooms that were moved. */
        KEPT("kept"),
        /** Runs the second as a whole. */
        MOVED("moved");

        private final String text;

        Part(String text) {
            this.text = text;
        }
    }

    @Autowired
    Rooms(Sales sales, GatewaySettings settings, RoomMeters meters, Ids ids, Clock clock) {
        this(sales, RoomStore.of(settings, ids.next(), clock), settings.room().capacity(), meters, clock);
    }

    /** @param store closed together with the rooms */
    Rooms(Sales sales, RoomStore store, double assumedCapacity, RoomMeters meters, Clock clock) {
        this.meters = meters;
        this.sales = sales;
        this.store = store;
        this.clock = clock;
        this.assumedCapacity = assumedCapacity;
        meters.show(failing);
    }

    /** The room of a conference; empty if registration-service never reported such a conference. */
    Optional<LiveRoom> of(String conference) {
        return Optional.ofNullable(rooms.get(conference));
    }

    /**
     * The room of a conference.
     *
     * @throws Problem {@code not-found} if there is none, {@code unavailable} until registration-service has reported its conferences
     */
    LiveRoom get(String conference) {
        return of(conference).orElseThrow(reportedSince == 0 ? RoomStore::unavailable : Problem::notFound);
    }

    /** The name of a conference; its slug while the name is not known. */
    String name(String conference) {
        return sales.name(conference);
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("waiting-rooms").factory());
        thread = started;
        lastAnswer = clock.instant().getEpochSecond();
        // Before the first request, so that stored rooms are available even while everything else is not.
        var _ = tried(Part.READ, () -> leadOrCopy(clock.instant().getEpochSecond()));
        started.execute(() -> everySecond(started));
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService running = thread;
        thread = null;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void destroy() {
        store.close();
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    /** Stops after the web server, so that the last number given is saved. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void everySecond(ScheduledExecutorService on) {
        var _ = tried(Part.MOVED, () -> {
            second();
            return true;
        });
        if (!on.isShutdown()) {
            // Slightly after the beginning of the next second, because timers are not exact; at once if that second has
            // begun.
            long next = (lastSecond + 1) * SECOND_MILLIS + 2;
            long wait = Math.clamp(next - clock.millis(), 0, SECOND_MILLIS + 2);
            var _ = on.schedule(() -> everySecond(on), wait, TimeUnit.MILLISECONDS);
        }
    }

    private void second() {
        long now = clock.instant().getEpochSecond();
        if (now == lastSecond) {
            return;
        }
        lastSecond = now;
        Optional<Boolean> mover = tried(Part.READ, () -> leadOrCopy(now));
        boolean moves = mover.orElse(false);
        Optional<Map<String, Sales.SaleReport>> answer = tried(Part.TOLD, () -> sales.ask(openRooms(), moves, now));
        Map<String, Sales.SaleReport> reports = answer.orElse(Map.of());
        reports.forEach((conference, sale) -> rooms.computeIfAbsent(
                conference, _ -> live(conference, WaitingRoom.unknown(sale.reported(), assumedCapacity, now))));
        if (answer.isPresent()) {
            lastAnswer = now;
            reportedSince = reportedSince == 0 ? now : reportedSince;
        }
        if (!moves) {
            // The copy may date from an idle second, or no gateway moves the line.
            reports.forEach((conference, sale) -> {
                LiveRoom live = get(conference);
                live.become(live.copy().reported(sale.reported()));
            });
        }
        Set<String> before = openConferences();
        mover.ifPresent(isMover -> {
            var _ = tried(Part.KEPT, () -> handIn(isMover, reports, now));
        });
        if (moves && !openConferences().equals(before)) {
            sales.push(openRooms());
        }
    }

    private Set<String> openConferences() {
        return openRooms().stream().map(Sales.OpenRoom::conference).collect(Collectors.toSet());
    }

    /** Catches everything: if this thread ended, nobody would be called any more. */
    private <T> Optional<T> tried(Part part, Supplier<T> work) {
        try {
            T done = work.get();
            if (failing.remove(part)) {
                log.info("Waiting rooms are {} again", part.text);
            }
            return Optional.of(done);
        } catch (RuntimeException | Error e) {
            if (failing.add(part)) {
                log.warn("Waiting rooms are not {}, retrying each second: {}", part.text, RedactedException.types(e));
            }
            return Optional.empty();
        }
    }

    private boolean leadOrCopy(long now) {
        boolean isMover = store.isMover(reportedSince != 0 && now - lastAnswer < UNANSWERED_SECONDS);
        for (String conference : store.conferences()) {
            if (!rooms.containsKey(conference)) {
                RoomStore.StoredRoom kept = store.copy(conference);
                @Nullable WaitingRoom room = kept.room();
                if (room != null && isMover && kept.next() == null) {
                    // At once: a line that nobody moved while its gateway was down would otherwise be assumed to have
                    // continued.
                    room = room.resumed(now);
                    store.begin(conference, room, 0);
                }
                if (room != null) {
                    rooms.put(conference, live(conference, room));
                }
            }
        }
        if (!isMover) {
            rooms.forEach((conference, live) -> {
                long known = live.next();
                RoomStore.StoredRoom kept = store.copy(conference);
                if (isLost(kept, live, known)) {
                    begin(conference, live, kept, now);
                } else {
                    live.keep(Objects.requireNonNull(kept.room()));
                }
            });
        }
        return isMover;
    }

    private List<Sales.OpenRoom> openRooms() {
        List<Sales.OpenRoom> open = new ArrayList<>();
        rooms.forEach((conference, live) -> {
            WaitingRoom room = live.copy();
            if (!room.isOff()) {
                open.add(new Sales.OpenRoom(
                        conference, room.id(), room.capacity(), room.capacityIsMeasured(), room.gathersUntil()));
            }
        });
        return open;
    }

    private boolean handIn(boolean isMover, Map<String, Sales.SaleReport> reports, long now) {
        rooms.forEach((conference, live) -> {
            store.add(conference, live.tally().take());
            if (isMover) {
                move(conference, live, reports.get(conference), now);
            }
        });
        store.flush();
        return true;
    }

    private void move(String conference, LiveRoom live, Sales.@Nullable SaleReport news, long now) {
        long known = live.next();
        RoomStore.StoredRoom kept = store.read(conference);
        boolean isLost = isLost(kept, live, known);
        if (isLost) {
            begin(conference, live, kept, now);
        }
        if (isLost || now <= Objects.requireNonNull(kept.room()).second()) {
            if (news != null) {
                store.add(conference, used(news));
            }
            return;
        }
        WaitingRoom room = Objects.requireNonNull(kept.room());
        List<Counted> counted = new ArrayList<>(kept.counted());
        if (news != null) {
            counted.add(new Counted(news.counted(), Map.of(), 0));
        }
        long next = Objects.requireNonNull(kept.next());
        WaitingRoom moved = room.next(reported(room, news, now), counted, next, now, this::seed);
        boolean isIdle = room.hasBegun()
                && room.isOff()
                && moved.isOff()
                && next == room.nextNumber()
                && counted.stream().allMatch(Counted::isEmpty);
        if (isIdle || store.save(conference, moved, kept)) {
            live.keep(moved);
        }
    }

    /** The counts that registration-service reports only once. Everything else was also reported to the gateway that moved the line. */
    private static Counted used(Sales.SaleReport news) {
        return new Counted(
                news.counted().stream()
                        .filter(entry -> entry.count() == Count.USED)
                        .toList(),
                Map.of(),
                0);
    }

    /**
     * The report to apply. A single late answer does not stop a line. Whoever is called while registration-service is unavailable loses
     * that time of the admission.
     */
    private Reported reported(WaitingRoom room, Sales.@Nullable SaleReport news, long now) {
        if (news != null) {
            return news.reported();
        }
        return now - lastAnswer < SILENCE_SECONDS
                ? room.reported()
                : room.reported().silent();
    }

    /**
     * Whether no number can be given: for a new conference, after a start, or because the shared store was emptied or restored from an
     * older state.
     *
     * @param known the next number that was known before the stored room was read
     */
    private static boolean isLost(RoomStore.StoredRoom kept, LiveRoom live, long known) {
        return kept.room() == null || kept.next() == null || (live.isKept() && kept.next() < known);
    }

    private void begin(String conference, LiveRoom live, RoomStore.StoredRoom kept, long now) {
        WaitingRoom copy = live.copy();
        long known = live.isKept() ? live.next() : 0;
        WaitingRoom begun;
        if (live.isKept()) {
            begun = copy.renumbered(known);
        } else if (kept.room() != null) {
            begun = kept.room().resumed(now);
        } else if (now - reportedSince >= store.restoreGraceSeconds()) {
            // No gateway has heard of this conference before.
            begun = copy;
        } else {
            return;
        }
        if (store.begin(conference, begun, known)) {
            live.keep(begun);
        }
    }

    private LiveRoom live(String conference, WaitingRoom room) {
        LiveRoom live = new LiveRoom(conference, room, store, clock);
        meters.show(conference, live);
        return live;
    }

    private String seed() {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        return HexFormat.of().formatHex(seed);
    }
}
