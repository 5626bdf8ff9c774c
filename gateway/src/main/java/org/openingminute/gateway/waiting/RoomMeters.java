package org.openingminute.gateway.waiting;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.openingminute.gateway.room.WaitingRoom;
import org.springframework.stereotype.Component;

/** The metrics of waiting rooms, from this gateway's copy of each room, and of the thread that updates the copies. */
@Component
final class RoomMeters {

    private final MeterRegistry meters;

    RoomMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Registers the metrics of the failing parts of a second's work. */
    void show(Set<Rooms.Part> failing) {
        for (Rooms.Part part : Rooms.Part.values()) {
            Gauge.builder("gateway.room.failing", failing, now -> now.contains(part) ? 1 : 0)
                    .tag("part", part.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
    }

    /** Registers the metrics of a room. */
    void show(String conference, LiveRoom room) {
        for (WaitingRoom.State state : WaitingRoom.State.values()) {
            Gauge.builder("gateway.room.state", room, one -> one.copy().state() == state ? 1 : 0)
                    .tag("conference", conference)
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
        gauge("waiting", conference, room, one -> one.copy().waiting(one.now(), one.next()));
        gauge("unmoved.seconds", conference, room, one -> one.now() - one.copy().second());
        gauge("capacity", conference, room, one -> one.copy().capacity());
        gauge("target", conference, room, one -> one.copy().figures().target());
        gauge("come.share", conference, room, one -> one.copy().figures().comeShare());
        gauge("use.share", conference, room, one -> one.copy().figures().useShare());
        counter("called", conference, room, one -> one.copy().calledEver(one.now()));
        counter("admitted", conference, room, one -> one.copy().figures().admitted());
        counter("used", conference, room, one -> one.copy().figures().used());
    }

    private void gauge(String name, String conference, LiveRoom room, ToDoubleFunction<LiveRoom> value) {
        Gauge.builder("gateway.room." + name, room, value)
                .tag("conference", conference)
                .register(meters);
    }

    private void counter(String name, String conference, LiveRoom room, ToDoubleFunction<LiveRoom> value) {
        FunctionCounter.builder("gateway.room." + name, room, value)
                .tag("conference", conference)
                .register(meters);
    }
}
