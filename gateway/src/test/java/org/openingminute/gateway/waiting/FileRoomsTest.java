package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.gateway.room.Counters.Count;
import org.openingminute.gateway.room.Sale;
import org.openingminute.gateway.room.WaitingRoom;
import org.openingminute.gateway.room.WaitingRoom.Counted;
import org.openingminute.gateway.room.WaitingRoom.Mode;
import org.openingminute.gateway.room.WaitingRoom.Reported;
import org.openingminute.kit.problem.Problem;
import reactor.test.StepVerifier;

class FileRoomsTest {

    private static final long OPENED = 1_770_051_600;
    private static final Reported ON =
            new Reported(new Sale(Sale.State.OPEN, 1000, 1, OptionalDouble.empty()), Mode.ON, null, 0, null);

    @TempDir
    private Path folder;

    @Test
    void numbers_are_given_in_order_once_a_room_began() {
        FileRooms rooms = new FileRooms(null);
        StepVerifier.create(rooms.take("mlsys-2026", 0)).verifyError(Problem.class);
        rooms.begin("mlsys-2026", WaitingRoom.unknown(ON, 50, OPENED), 0);
        assertThat(rooms.take("mlsys-2026", 0).block()).isZero();
        assertThat(rooms.take("mlsys-2026", 0).block()).isOne();
    }

    @Test
    void room_goes_on_after_a_restart_with_numbers_that_nobody_has() throws IOException {
        Path file = folder.resolve("rooms.json");
        FileRooms rooms = new FileRooms(file);
        WaitingRoom room = WaitingRoom.unknown(ON, 50, OPENED);
        rooms.begin("mlsys-2026", room, 0);
        for (int i = 0; i < 300; i++) {
            rooms.take("mlsys-2026", 0).block();
        }
        RoomStore.StoredRoom kept = rooms.read("mlsys-2026");
        assertThat(kept.next()).isEqualTo(300);
        room = room.next(ON, List.of(), 300, OPENED + 1, () -> "seed");
        rooms.save("mlsys-2026", room, kept);
        rooms.flush();
        assertThat(Files.list(folder)).containsExactly(file);
        // A number that is given but not yet in the file.
        rooms.take("mlsys-2026", 0).block();

        FileRooms restarted = new FileRooms(file);
        RoomStore.StoredRoom found = restarted.read("mlsys-2026");
        assertThat(found.next()).isNull();
        WaitingRoom resumed = found.room().resumed(OPENED + 60);
        restarted.begin("mlsys-2026", resumed, 0);
        assertThat(resumed.id()).isEqualTo(room.id());
        assertThat(resumed.waiting(OPENED + 60.0, resumed.nextNumber())).isEqualTo(300);
        assertThat(restarted.take("mlsys-2026", 0).block()).isEqualTo(10_300);
    }

    @Test
    void file_is_not_written_for_a_room_to_which_nobody_comes() throws IOException {
        Path file = folder.resolve("rooms.json");
        FileRooms rooms = new FileRooms(file);
        Reported off = new Reported(ON.sale(), Mode.OFF, null, 0, null);
        WaitingRoom room = WaitingRoom.unknown(off, 50, OPENED);
        rooms.begin("mlsys-2026", room, 0);
        room = save(rooms, room, off, 0);
        rooms.flush();
        assertThat(file).doesNotExist();
        rooms.take("mlsys-2026", 0).block();
        room = save(rooms, room, off, 1);
        rooms.flush();
        assertThat(file).exists();
        Files.delete(file);
        save(rooms, room, off, 1);
        rooms.flush();
        assertThat(file).doesNotExist();
    }

    @Test
    void registration_made_after_the_room_closed_is_in_the_file() {
        Path file = folder.resolve("rooms.json");
        FileRooms rooms = new FileRooms(file);
        Reported off = new Reported(ON.sale(), Mode.OFF, null, 0, null);
        WaitingRoom room = WaitingRoom.unknown(ON, 50, OPENED);
        rooms.begin("mlsys-2026", room, 0);
        room = save(rooms, room, ON, 0);
        long opened = room.second();
        room = save(rooms, room, off, 0);
        room = save(rooms, room, off, 0);
        rooms.flush();
        Counted used = new Counted(List.of(new Counted.Entry(Count.USED, opened, 1)), Map.of(), 0);
        save(rooms, room, off, 0, used);
        rooms.flush();
        assertThat(new FileRooms(file).read("mlsys-2026").room().report().used())
                .isOne();
    }

    private static WaitingRoom save(
            FileRooms rooms, WaitingRoom room, Reported reported, long next, Counted... counted) {
        WaitingRoom moved = room.next(reported, List.of(counted), next, room.second() + 1, () -> "seed");
        rooms.save("mlsys-2026", moved, rooms.read("mlsys-2026"));
        return moved;
    }

    @Test
    void file_of_an_older_gateway_is_read() throws IOException {
        Path file = folder.resolve("rooms.json");
        FileRooms rooms = new FileRooms(file);
        rooms.begin("mlsys-2026", WaitingRoom.unknown(ON, 50, OPENED), 0);
        save(rooms, WaitingRoom.unknown(ON, 50, OPENED), ON, 1);
        rooms.flush();
        String written = Files.readString(file);
        assertThat(written).contains("\"used\":0,\"waits\":");
        Files.writeString(file, written.replace("\"used\":0,\"waits\":", "\"waits\":"));
        assertThat(new FileRooms(file).read("mlsys-2026").room()).isNotNull();
    }

    @Test
    void file_that_cannot_be_read_begins_anew() throws IOException {
        Path file = folder.resolve("rooms.json");
        Files.writeString(file, "{\"rooms\":{\"a\":{\"id\":");
        assertThat(new FileRooms(file).read("a").room()).isNull();
    }
}
