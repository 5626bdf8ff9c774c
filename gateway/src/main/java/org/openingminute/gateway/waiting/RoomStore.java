package org.openingminute.gateway.waiting;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.kit.problem.Problem;
import reactor.core.publisher.Mono;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stores the rooms and gives their numbers. Except for {@link #take}, only the thread that moves the lines calls it, and blocks. Any method
 * may throw if the store is unavailable.
 */
interface RoomStore extends AutoCloseable {

    /** The mapper of stored data, which an older gateway may have written. */
    JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * Creates the store that the settings select.
     *
     * @param gateway identifies this process
     * @param clock the machine's clock, which several gateways compare
     */
    static RoomStore of(GatewaySettings settings, UUID gateway, Clock clock) {
        if (!settings.redisUrl().isEmpty()) {
            return new RedisRooms(
                    settings.redisUrl(), gateway.toString(), clock, RedisRooms.PATIENCE, RedisRooms.LEASE_TIME);
        }
        String file = settings.room().file();
        return new FileRooms(file.isBlank() ? null : Path.of(file));
    }

    /** The refusal while a waiting room gives no places. Unlike that of a write, it names no key: a place is taken without one. */
    static Problem unavailable() {
        return Problem.unavailable("The waiting room cannot be reached right now. Please try again.")
                .retryAfter(Duration.ofSeconds(1));
    }

    /**
     * The stored data of a room.
     *
     * @param room the state; {@code null} if none is stored
     * @param next the next number; {@code null} if the counter was lost, so that no number can be given
     * @param counted what all gateways have counted and the state does not include yet
     */
    record StoredRoom(@Nullable WaitingRoom room, @Nullable Long next, List<Counted> counted) {}

    /**
     * Takes the next number of a conference; an error {@code unavailable} if none can be given now.
     *
     * @param known a next number that this gateway knows; a counter below it was lost
     */
    Mono<Long> take(String conference, long known);

    /**
     * Whether this gateway moves the lines in this second.
     *
     * @param isAnswered whether registration-service answers this gateway. A gateway without answers moves the lines only until another
     *     one receives answers
     */
    boolean isMover(boolean isAnswered);

    /** The seconds for which a gateway that has no copy of a room leaves its restoration to gateways that have one. */
    long restoreGraceSeconds();

    /** Stores what this gateway counted, for the gateway that moves the line. */
    void add(String conference, Counted counted);

    /** The conferences whose rooms are stored. */
    Set<String> conferences();

    StoredRoom read(String conference);

    /** Like {@link #read}, without the counts, which only the gateway that moves the line needs. */
    StoredRoom copy(String conference);

    /**
     * Saves a room that this gateway moved, unless another gateway has saved it meanwhile.
     *
     * @param kept the data from which the room was computed
     * @return whether it was saved
     */
    boolean save(String conference, WaitingRoom room, StoredRoom kept);

    /**
     * Starts to give numbers, from {@link WaitingRoom#nextNumber}, unless another gateway has started meanwhile.
     *
     * @param known a next number that this gateway knows; a counter below it was lost
     * @return whether this gateway started it
     */
    boolean begin(String conference, WaitingRoom room, long known);

    /** Completes a second in which all rooms were saved. */
    void flush();

    @Override
    void close();
}
