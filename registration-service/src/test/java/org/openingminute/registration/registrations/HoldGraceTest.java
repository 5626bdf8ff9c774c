package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.messaging.operations.MessagingStatus.Broker;
import org.openingminute.messaging.operations.MessagingStatus.GroupLag;
import org.openingminute.registration.registrations.HoldGrace.LastProgress;

/** Proves under which conditions ended holds wait, without a database. */
class HoldGraceTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final Broker READ = broker(0L, 0.0);

    static Stream<Arguments> circumstances() {
        return Stream.of(
                arguments("nothing was ever reported", READ, none(), null),
                arguments("no broker answers", new Broker(false, false, List.of()), clear(0, 60), "broker-away"),
                arguments("a broker is back", new Broker(true, false, List.of()), clear(0, 60), "broker-away"),
                arguments("no broker answers, no report", new Broker(false, false, List.of()), none(), "broker-away"),
                arguments("lag unknown", broker(null, null), clear(0, 60), "payments-unread"),
                arguments("events late", broker(3L, 5.1), clear(0, 60), "payments-unread"),
                arguments("events late, no report", broker(3L, 5.1), none(), "payments-unread"),
                arguments("events young", broker(3L, 4.9), clear(0, 60), null),
                arguments("reported just now", READ, clear(0, 60), null),
                arguments("reported 5 s ago", READ, clear(5, 60), null),
                arguments("silent for longer", READ, clear(5.1, 60), "payment-silent"),
                arguments("silent, last of late work", READ, late(5.1), "payment-silent"),
                arguments("late work", READ, late(0), "payment-behind"),
                arguments("back for a moment", READ, clear(0, 7.9), "payment-back"),
                arguments("back for 8 s", READ, clear(0, 8), null));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("circumstances")
    void holds_wait_while_payments_may_be_unread(
            String circumstance, Broker broker, Optional<LastProgress> progress, @Nullable String reason) {
        assertThat(HoldGrace.of(broker, null, progress, NOW).map(HoldGrace::wireName))
                .isEqualTo(Optional.ofNullable(reason));
    }

    @Test
    void holds_wait_until_readers_have_gone_back_in_a_new_incarnation() {
        assertThat(HoldGrace.of(READ, before(14.9), clear(0, 60), NOW)).contains(HoldGrace.PAYMENTS_READ_AGAIN);
        assertThat(HoldGrace.of(READ, before(14.9), none(), NOW)).contains(HoldGrace.PAYMENTS_READ_AGAIN);
        assertThat(HoldGrace.of(READ, before(15), clear(0, 60), NOW)).isEmpty();
    }

    private static Broker broker(@Nullable Long lag, @Nullable Double oldestSeconds) {
        return new Broker(
                true,
                true,
                List.of(
                        new GroupLag("registration-service", "payment.events.v1", lag, oldestSeconds),
                        new GroupLag("registration-service", "notification.events.v1", 7L, 60.0),
                        new GroupLag("notification-service", "payment.events.v1", 7L, 60.0)));
    }

    private static Optional<LastProgress> none() {
        return Optional.empty();
    }

    private static Optional<LastProgress> clear(double readSecondsAgo, double clearForSeconds) {
        return Optional.of(new LastProgress(NOW, 0, 0, before(readSecondsAgo), before(clearForSeconds)));
    }

    private static Optional<LastProgress> late(double readSecondsAgo) {
        return Optional.of(new LastProgress(NOW, 6, 0, before(readSecondsAgo), null));
    }

    private static Instant before(double seconds) {
        return NOW.minus(Duration.ofMillis(Math.round(seconds * 1000)));
    }
}
