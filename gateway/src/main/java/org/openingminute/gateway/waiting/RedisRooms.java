package org.openingminute.gateway.waiting;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Stores the rooms of several gateways in Redis: for each room its state, the counter of its numbers, and what was counted since the state
 * was saved. One gateway moves all lines; it holds a lease that it renews each second. Operations that must be atomic are scripts.
 */
final class RedisRooms implements RoomStore {

    private static final Logger log = LoggerFactory.getLogger(RedisRooms.class);

    /** How long Redis may take to answer, in production. */
    static final Duration PATIENCE = Duration.ofSeconds(1);
    /** How long a gateway keeps the lines to move without a renewal, in production. */
    static final Duration LEASE_TIME = Duration.ofSeconds(3);

    private static final Duration RECONNECTS_AFTER = Duration.ofSeconds(1);
    /** The maximum difference of clocks. Beyond that, a line stalls or overruns when another gateway takes over. */
    private static final long APART_MILLIS = 500;
    /** Longer than gateways that have a copy of a room need to restore it. */
    private static final long SETTLES_IN_SECONDS = 5;
    /** The minimum that the Redis client accepts. */
    private static final int THREADS = 2;

    private static final String MOVER = "waiting-room:mover";
    /** The key of the gateway that moves the lines although registration-service does not answer it. */
    private static final String UNANSWERED = "waiting-room:unanswered-mover";

    private static final String CONFERENCES = "waiting-room:conferences";

    /** Takes a number. Refuses if the counter is new or was restored from an older state, because numbers would be given twice. */
    private static final String TAKE = """
            local next = redis.call('get', KEYS[1])
            if not next or tonumber(next) < tonumber(ARGV[1]) then return nil end
            return redis.call('incr', KEYS[1]) - 1
            """;

    /**
     * Takes or renews the lease. Also returns Redis's time, in milliseconds. A gateway that registration-service does not answer may keep
     * the lease, or take it if nobody holds it, so that the lines move in any case. A gateway that is answered takes the lease from such a
     * gateway.
     */
    private static final String LEASE = """
            local time = redis.call('time')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local mover = redis.call('get', KEYS[1])
            local isAnothers = mover and mover ~= ARGV[1]
            if isAnothers and (ARGV[3] == 'false' or redis.call('get', KEYS[2]) ~= mover) then return {0, now} end
            redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
            if ARGV[3] == 'true' then redis.call('del', KEYS[2]) else redis.call('set', KEYS[2], ARGV[1], 'px', ARGV[2]) end
            return {1, now}
            """;

    private static final String SAVE = """
            if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
            redis.call('set', KEYS[2], ARGV[2])
            redis.call('ltrim', KEYS[3], ARGV[3], -1)
            return 1
            """;

    private static final String BEGIN = """
            local next = redis.call('get', KEYS[2])
            if next and tonumber(next) >= tonumber(ARGV[3]) then return 0 end
            redis.call('set', KEYS[1], ARGV[1])
            redis.call('set', KEYS[2], ARGV[2])
            redis.call('sadd', KEYS[3], ARGV[4])
            return 1
            """;

    private final String id;
    private final Clock clock;
    private final RedisURI uri;
    private final String leaseMillis;
    private final ClientResources resources = ClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .reconnectDelay(Delay.constant(RECONNECTS_AFTER))
            .build();
    private final RedisClient client = RedisClient.create(resources);
    private final Map<String, Read> lastRead = new HashMap<>();
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private boolean isApart;

    /** A room with the text from which it was parsed. The text of an idle conference rarely changes, so parsing can be skipped. */
    private record Read(String text, WaitingRoom room) {}

    /**
     * @param id identifies this gateway's process
     * @param patience how long Redis may take to answer
     * @param lease how long this gateway keeps the lines to move without a renewal
     */
    RedisRooms(String url, String id, Clock clock, Duration patience, Duration lease) {
        this.id = id;
        this.clock = clock;
        this.leaseMillis = Long.toString(lease.toMillis());
        uri = RedisURI.create(url);
        uri.setTimeout(patience);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(patience))
                .build());
    }

    @Override
    public Mono<Long> take(String conference, long known) {
        StatefulRedisConnection<String, String> made = connection;
        if (made == null || !made.isOpen()) {
            return Mono.error(RoomStore.unavailable());
        }
        return Mono.fromCompletionStage(() -> made.async()
                        .<Long>eval(TAKE, ScriptOutputType.INTEGER, keys(next(conference)), Long.toString(known)))
                .onErrorMap(_ -> RoomStore.unavailable())
                .switchIfEmpty(Mono.error(RoomStore::unavailable));
    }

    @Override
    public boolean isMover(boolean isAnswered) {
        long before = clock.millis();
        List<Long> answer = connected()
                .eval(
                        LEASE,
                        ScriptOutputType.MULTI,
                        keys(MOVER, UNANSWERED),
                        id,
                        leaseMillis,
                        Boolean.toString(isAnswered));
        compare(before, answer.getLast(), clock.millis());
        return yes(answer.getFirst());
    }

    /**
     * Compares the clocks. Redis answered at an unknown moment between {@code before} and {@code after}, so only the minimum difference is
     * known.
     */
    private void compare(long before, long redis, long after) {
        long apart = redis < before ? before - redis : Math.max(0, redis - after);
        if (apart > APART_MILLIS != isApart) {
            isApart = !isApart;
            if (isApart) {
                log.warn("The clock is {} ms from Redis's: waiting rooms need one within {} ms", apart, APART_MILLIS);
            } else {
                log.info("The clock is within {} ms of Redis's again", APART_MILLIS);
            }
        }
    }

    @Override
    public long restoreGraceSeconds() {
        return SETTLES_IN_SECONDS;
    }

    @Override
    public Set<String> conferences() {
        return connected().smembers(CONFERENCES);
    }

    @Override
    public void add(String conference, Counted one) {
        if (!one.isEmpty()) {
            connected().rpush(counted(conference), JSON.writeValueAsString(one));
        }
    }

    @Override
    public StoredRoom read(String conference) {
        StoredRoom copy = copy(conference);
        return new StoredRoom(
                copy.room(),
                copy.next(),
                connected().lrange(counted(conference), 0, -1).stream()
                        .map(one -> JSON.readValue(one, Counted.class))
                        .toList());
    }

    @Override
    public StoredRoom copy(String conference) {
        RedisCommands<String, String> redis = connected();
        @Nullable String room = redis.get(state(conference));
        @Nullable String next = redis.get(next(conference));
        return new StoredRoom(
                room == null ? null : room(conference, room), next == null ? null : Long.valueOf(next), List.of());
    }

    private WaitingRoom room(String conference, String text) {
        @Nullable Read last = lastRead.get(conference);
        if (last == null || !last.text().equals(text)) {
            last = new Read(text, JSON.readValue(text, WaitingRoom.class));
            lastRead.put(conference, last);
        }
        return last.room();
    }

    @Override
    public boolean save(String conference, WaitingRoom room, StoredRoom kept) {
        return yes(connected()
                .eval(
                        SAVE,
                        ScriptOutputType.INTEGER,
                        keys(MOVER, state(conference), counted(conference)),
                        id,
                        JSON.writeValueAsString(room),
                        Integer.toString(kept.counted().size())));
    }

    @Override
    public boolean begin(String conference, WaitingRoom room, long known) {
        return yes(connected()
                .eval(
                        BEGIN,
                        ScriptOutputType.INTEGER,
                        keys(state(conference), next(conference), CONFERENCES),
                        JSON.writeValueAsString(room),
                        Long.toString(room.nextNumber()),
                        Long.toString(known),
                        conference));
    }

    /** Does nothing, because each save is durable already. */
    @Override
    public void flush() {}

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, PATIENCE);
        var _ = resources.shutdown(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private RedisCommands<String, String> connected() {
        StatefulRedisConnection<String, String> made = connection;
        if (made == null) {
            made = client.connect(uri);
            connection = made;
        }
        if (!made.isOpen()) {
            throw new RedisConnectionException("closed");
        }
        return made.sync();
    }

    private static boolean yes(@Nullable Long answer) {
        return answer != null && answer == 1;
    }

    private static String[] keys(String... keys) {
        return keys;
    }

    private static String state(String conference) {
        return "waiting-room:" + conference + ":state";
    }

    private static String next(String conference) {
        return "waiting-room:" + conference + ":next";
    }

    private static String counted(String conference) {
        return "waiting-room:" + conference + ":counted";
    }
}
