package org.openingminute.gateway.waiting;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import reactor.core.publisher.Mono;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where rooms are kept, and where their numbers come from. But for {@link #take}, the thread that moves the lines alone calls it, and
 * waits; it fails with any exception while what it needs is away.
 */
interface RoomStore extends AutoCloseable {

    /** Of what is kept; the gateway that wrote it may be older. */
    JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * The one of these settings.
     *
     * @param gateway tells this process from others
     * @param clock the machine's, which several gateways compare
     */
    static RoomStore of(GatewaySettings settings, UUID gateway, Clock clock) {
        if (!settings.redisUrl().isEmpty()) {
            return new RedisRooms(settings.redisUrl(), gateway.toString(), clock);
        }
        String file = settings.room().file();
        return new FileRooms(file.isBlank() ? null : Path.of(file));
    }

    /**
     * What is kept of a room.
     *
     * @param room {@code null} where none is kept
     * @param next the next number; {@code null} where its counter is lost, and no number is given
     * @param counted by all gateways, and not yet in the room
     */
    record Kept(@Nullable WaitingRoom room, @Nullable Long next, List<Counted> counted) {}

    /**
     * Takes the next number of a conference; an error {@code unavailable} where none can be given now.
     *
     * @param known a next number that is known: a counter below it was lost
     */
    Mono<Long> take(String conference, long known);

    /**
     * Whether this gateway moves the lines in this second.
     *
     * @param isAnswered whether registration-service answers this gateway: one that it does not answer moves them only until there is
     *     another that it does
     */
    boolean isMover(boolean isAnswered);

    /** Seconds in which a gateway that knows nothing of a room leaves it to those who may. */
    long leavesToOthers();

    /** Hands in what this gateway counted, for the one that moves the line. */
    void add(String conference, Counted counted);

    /** Those of which a room is kept. */
    Set<String> conferences();

    Kept read(String conference);

    /** The same without what was counted, which is for the gateway that moves the line. */
    Kept copy(String conference);

    /**
     * Keeps a room that this gateway moved, unless another does so meanwhile.
     *
     * @param kept from which it was made
     * @return whether it is kept
     */
    boolean save(String conference, WaitingRoom room, Kept kept);

    /**
     * Begins to give numbers, from {@link WaitingRoom#nextNumber}, unless another gateway began meanwhile.
     *
     * @param known a next number that is known: a counter below it was lost
     * @return whether it began
     */
    boolean begin(String conference, WaitingRoom room, long known);

    /** Ends a second, in which all rooms were saved. */
    void flush();

    @Override
    void close();
}
