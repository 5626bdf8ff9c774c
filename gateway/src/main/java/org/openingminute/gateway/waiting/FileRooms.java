package org.openingminute.gateway.waiting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

/**
 * Stores the rooms of a single gateway in memory, and in a file that is replaced atomically. No numbers are given before the rooms of the
 * file have been restored.
 */
final class FileRooms implements RoomStore {

    private static final Logger log = LoggerFactory.getLogger(FileRooms.class);

    private final @Nullable Path file;
    private final Map<String, WaitingRoom> rooms = new TreeMap<>();
    private final Map<String, AtomicLong> numbers = new ConcurrentHashMap<>();
    private final Map<String, List<Counted>> counted = new TreeMap<>();
    private boolean changed;

    /** The content of the file. */
    private record Written(Map<String, WaitingRoom> rooms) {}

    /** @param file {@code null} to store in memory only */
    FileRooms(@Nullable Path file) {
        this.file = file;
        if (file != null && Files.exists(file)) {
            try {
                rooms.putAll(
                        JSON.readValue(Files.readAllBytes(file), Written.class).rooms());
            } catch (IOException | JacksonException e) {
                log.warn("Waiting rooms begin anew, because {} cannot be read: {}", file, RedactedException.types(e));
            }
        }
    }

    @Override
    public Mono<Long> take(String conference, long known) {
        AtomicLong next = numbers.get(conference);
        return next == null ? Mono.error(RoomStore.unavailable()) : Mono.just(next.getAndIncrement());
    }

    @Override
    public boolean isMover(boolean isAnswered) {
        return true;
    }

    @Override
    public long restoreGraceSeconds() {
        return 0;
    }

    @Override
    public Set<String> conferences() {
        return rooms.keySet();
    }

    @Override
    public void add(String conference, Counted one) {
        if (one.isEmpty()) {
            return;
        }
        counted.computeIfAbsent(conference, _ -> new ArrayList<>()).add(one);
    }

    @Override
    public StoredRoom read(String conference) {
        AtomicLong next = numbers.get(conference);
        return new StoredRoom(
                rooms.get(conference),
                next == null ? null : (Long) next.get(),
                List.copyOf(counted.getOrDefault(conference, List.of())));
    }

    /** Same as {@link #read}, because a single gateway moves the lines itself. */
    @Override
    public StoredRoom copy(String conference) {
        return read(conference);
    }

    @Override
    public boolean save(String conference, WaitingRoom room, StoredRoom kept) {
        @Nullable WaitingRoom before = rooms.put(conference, room);
        counted.remove(conference);
        changed |= !room.isOff() || (before != null && !isSame(before, room));
        return true;
    }

    /** Whether a closed room has changed only in what it learns from arrivals, which is not worth a write each second. */
    private static boolean isSame(WaitingRoom before, WaitingRoom off) {
        return before.isOff()
                && before.nextNumber() == off.nextNumber()
                && before.report().equals(off.report());
    }

    @Override
    public boolean begin(String conference, WaitingRoom room, long known) {
        rooms.put(conference, room);
        return numbers.putIfAbsent(conference, new AtomicLong(room.nextNumber())) == null;
    }

    @Override
    public void flush() {
        if (file == null || !changed) {
            return;
        }
        try {
            write(file, JSON.writeValueAsBytes(new Written(rooms)));
            changed = false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        flush();
    }

    private static void write(Path file, byte[] content) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                whole, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
