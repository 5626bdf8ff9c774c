package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.registration.sale.Sale.Moment;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves which phase each instant belongs to and which phases are refused. */
class SaleTest {

    private static final long SEED = 20260202L;
    private static final int CASES = 600;
    private static final List<ZoneId> ZONES = List.of(
            ZoneId.of("America/Los_Angeles"),
            ZoneId.of("Europe/Berlin"),
            ZoneId.of("Australia/Lord_Howe"),
            ZoneId.of("Asia/Kathmandu"),
            ZoneId.of("-12:00"),
            ZoneId.of("+14:00"));

    @Test
    void every_instant_around_every_boundary_has_exactly_one_answer() {
        System.out.println("seed " + SEED);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        for (int i = 0; i < CASES; i++) {
            List<Instant> untils = new ArrayList<>();
            Instant from = randomSecond(random);
            Instant last = from.minusSeconds(1);
            ObjectNode definition = (ObjectNode) Examples.json(Examples.small(""));
            ArrayNode phases = definition.withObject("registration").putArray("phases");
            ArrayNode categories = definition.withObject("registration").putArray("categories");
            ObjectNode amounts =
                    categories.addObject().put("code", "a").put("name", "A").putObject("amounts");
            for (int phase = 0; phase < 1 + random.nextInt(4); phase++) {
                last = last.plusSeconds(1 + random.nextInt(random.nextBoolean() ? 3 : 20_000_000));
                untils.add(last);
                ObjectNode json = phases.addObject().put("code", "p" + phase).put("name", "P");
                json.put("until", written(last, random));
                if (phase == 0) {
                    json.put("from", written(from, random));
                }
                amounts.put("p" + phase, phase);
            }
            Sale sale = Examples.read(definition).registration().sale();
            assertBoundary(sale, from, "not open", "p0");
            for (int phase = 0; phase < untils.size(); phase++) {
                String next = phase + 1 < untils.size() ? "p" + (phase + 1) : "closed";
                assertBoundary(sale, untils.get(phase).plusSeconds(1), "p" + phase, next);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-08T01:59:59", "2026-03-08T03:00:00", "2026-11-01T00:59:59", "2026-11-01T01:59:59"})
    void a_phase_may_end_where_the_clock_is_changed(String local) {
        ZonedDateTime wall = LocalDateTime.parse(local).atZone(ZoneId.of("America/Los_Angeles"));
        for (ZonedDateTime end : List.of(wall.withEarlierOffsetAtOverlap(), wall.withLaterOffsetAtOverlap())) {
            Instant until = end.toInstant();
            Sale sale = new Sale(List.of(
                    new Phase("p0", "P", until.minusSeconds(5), until),
                    new Phase("p1", "P", until.plusSeconds(1), until.plusSeconds(5))));
            assertBoundary(sale, until.plusSeconds(1), "p0", "p1");
        }
    }

    @Test
    void a_gap_and_an_overlap_are_refused() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        Phase first = new Phase("p0", "P", start, start.plusSeconds(9));
        for (int begin : new int[] {9, 11}) {
            Phase second = new Phase("p1", "P", start.plusSeconds(begin), start.plusSeconds(20));
            assertThatThrownBy(() -> new Sale(List.of(first, second))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new Sale(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertBoundary(Sale sale, Instant first, String before, String from) {
        for (Duration earlier : List.of(Duration.ofNanos(1), Duration.ofMillis(1), Duration.ofSeconds(1))) {
            assertThat(at(sale, first.minus(earlier))).isEqualTo(before);
        }
        // A phase may last a single second, so later instants stay within it.
        for (Duration later : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofMillis(999))) {
            assertThat(at(sale, first.plus(later))).isEqualTo(from);
        }
    }

    private static String at(Sale sale, Instant instant) {
        return switch (sale.phaseAt(instant)) {
            case Moment.NotOpen(Instant opensAt) -> {
                assertThat(opensAt).isAfter(instant);
                yield "not open";
            }
            case Moment.Open(Phase phase) -> phase.code();
            case Moment.Closed(Instant since) -> {
                assertThat(since).isBeforeOrEqualTo(instant);
                yield "closed";
            }
        };
    }

    private static Instant randomSecond(RandomGenerator random) {
        return Instant.ofEpochSecond(1_760_000_000L + random.nextInt(40_000_000));
    }

    private static String written(Instant instant, RandomGenerator random) {
        ZoneId zone = ZONES.get(random.nextInt(ZONES.size()));
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(zone));
    }
}
