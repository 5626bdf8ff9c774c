package org.openingminute.registration.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.Property;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.Sale.Moment;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves that every instant around every boundary belongs to one phase, by random definitions in many time zones. */
class PhasePropertiesTest {

    private static final Instant YEAR = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<ZoneId> CHANGING =
            List.of(ZoneId.of("America/Los_Angeles"), ZoneId.of("Australia/Lord_Howe"));
    private static final List<ZoneId> ZONES = List.of(
            ZoneId.of("-12:00"),
            ZoneId.of("+14:00"),
            ZoneId.of("America/Los_Angeles"),
            ZoneId.of("Australia/Lord_Howe"),
            ZoneId.of("Asia/Kathmandu"),
            ZoneId.of("Europe/Berlin"));

    /** A definition and the seconds from which it was generated; {@code untils} has each phase's last second. */
    private record Written(Definition definition, long from, List<Long> untils) {

        /** Computes the phase in whole seconds, without the code under test; -1 before the first, the number of phases after the last. */
        int phaseOf(Instant at) {
            if (at.getEpochSecond() < from) {
                return -1;
            }
            int phase = 0;
            while (phase < untils.size() && at.getEpochSecond() > untils.get(phase)) {
                phase++;
            }
            return phase;
        }

        List<Long> firstSeconds() {
            List<Long> seconds = new ArrayList<>(List.of(from));
            untils.forEach(until -> seconds.add(until + 1));
            return seconds;
        }
    }

    @Test
    void each_millisecond_near_a_boundary_has_exactly_one_phase() {
        Property.holds(25, random -> {
            Written written = written(random);
            for (long first : written.firstSeconds()) {
                Instant boundary = Instant.ofEpochSecond(first);
                for (int millis = -2_000; millis <= 2_000; millis++) {
                    check(written, boundary.plusMillis(millis));
                }
            }
        });
    }

    @Test
    void each_fraction_of_the_last_second_counts_and_none_of_the_next() {
        Property.holds(1_000, random -> {
            Written written = written(random);
            for (long first : written.firstSeconds()) {
                Instant boundary = Instant.ofEpochSecond(first);
                check(written, boundary.minusNanos(1));
                check(written, boundary);
                check(written, boundary.plusNanos(1));
                check(written, boundary.minusSeconds(1));
                check(written, boundary.plusNanos(999_999_999));
                check(written, boundary.plusNanos(random.nextLong(-2_000_000_000L, 2_000_000_000L)));
            }
        });
    }

    @Test
    void each_instant_of_the_whole_sale_is_in_exactly_one_phase() {
        Property.holds(150, random -> {
            Written written = written(random);
            long from = written.from() - 5;
            long to = written.untils().getLast() + 5;
            for (int i = 0; i < 200; i++) {
                check(written, Instant.ofEpochSecond(random.nextLong(from, to), random.nextInt(1_000_000_000)));
            }
        });
    }

    /** Around a clock change, one hour of local time occurs twice or never; the sale's instants are not affected. */
    @Test
    void clock_change_does_not_alter_the_length_of_a_sale() {
        for (ZoneId zone : CHANGING) {
            ZoneOffsetTransition change = zone.getRules().nextTransition(YEAR);
            for (int i = 0; i < 2; i++) {
                Instant from = change.getInstant().minus(Duration.ofHours(3));
                Instant until = change.getInstant().plus(Duration.ofHours(3)).minusSeconds(1);
                Written written = read(List.of(from.getEpochSecond(), until.getEpochSecond()), List.of(zone, zone));
                for (long second = from.getEpochSecond() - 2; second < until.getEpochSecond() + 3; second++) {
                    check(written, Instant.ofEpochSecond(second));
                }
                change = zone.getRules().nextTransition(change.getInstant());
            }
        }
    }

    private static void check(Written written, Instant at) {
        Sale sale = written.definition().registration().sale();
        int expected = written.phaseOf(at);
        int count = written.untils().size();
        long covering = sale.phases().stream().filter(phase -> phase.covers(at)).count();
        if (covering != (expected >= 0 && expected < count ? 1 : 0)) {
            fail("%s is in %d phases of %s", at, covering, sale);
        }
        switch (sale.phaseAt(at)) {
            case Moment.NotOpen(Instant opensAt) -> {
                if (expected != -1 || !opensAt.equals(Instant.ofEpochSecond(written.from()))) {
                    fail("%s is before %s", at, sale);
                }
            }
            case Moment.Closed(Instant since) -> {
                if (expected != count || since.isAfter(at)) {
                    fail("%s is after %s", at, sale);
                }
            }
            case Moment.Open(Phase phase) -> {
                if (!phase.code().equals("p" + expected)
                        || price(written.definition(), phase, at) != 1_000 + expected) {
                    fail("%s is in %s of %s", at, phase, sale);
                }
            }
        }
    }

    private static long price(Definition definition, Phase phase, Instant at) {
        Quote quote = (Quote) Pricing.quote(definition, phase, Examples.order(null, "a"), at);
        assertThat(quote.phase()).isEqualTo(phase.code());
        return quote.total().amount();
    }

    private static Written written(RandomGenerator random) {
        TreeSet<Long> seconds = new TreeSet<>();
        int wanted = 2 + random.nextInt(6);
        while (seconds.size() < wanted) {
            // Often close to the previous boundary, because a phase may last a single second.
            seconds.add(
                    seconds.isEmpty() || random.nextInt(4) > 0
                            ? second(random)
                            : seconds.last() + 1 + random.nextInt(3));
        }
        List<ZoneId> zones = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            zones.add(ZONES.get(random.nextInt(ZONES.size())));
        }
        return read(List.copyOf(seconds), zones);
    }

    /** Returns a second in two years, often within two hours of a clock change or exactly at it. */
    private static long second(RandomGenerator random) {
        if (random.nextBoolean()) {
            return YEAR.getEpochSecond() + random.nextInt(2 * 365 * 24 * 3600);
        }
        ZoneOffsetTransition change = CHANGING.get(random.nextInt(CHANGING.size()))
                .getRules()
                .nextTransition(YEAR.plus(Duration.ofDays(random.nextInt(400))));
        int around = random.nextBoolean() ? random.nextInt(-1, 2) : random.nextInt(-7_200, 7_201);
        return change.getInstant().getEpochSecond() + around;
    }

    /** Builds a definition: the first second is {@code from}, each other one a phase's {@code until}. */
    private static Written read(List<Long> seconds, List<ZoneId> zones) {
        ObjectNode definition = (ObjectNode) Examples.json(Examples.small(""));
        ObjectNode terms = definition.withObject("registration");
        ArrayNode phases = terms.putArray("phases");
        ObjectNode amounts = terms.putArray("categories")
                .addObject()
                .put("code", "a")
                .put("name", "A")
                .putObject("amounts");
        for (int i = 1; i < seconds.size(); i++) {
            ObjectNode phase = phases.addObject().put("code", "p" + (i - 1)).put("name", "P");
            if (i == 1) {
                phase.put("from", text(seconds.getFirst(), zones.getFirst()));
            }
            phase.put("until", text(seconds.get(i), zones.get(i)));
            amounts.put("p" + (i - 1), 1_000 + i - 1);
        }
        return new Written(Examples.read(definition), seconds.getFirst(), seconds.subList(1, seconds.size()));
    }

    private static String text(long second, ZoneId zone) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                Instant.ofEpochSecond(second).atZone(zone));
    }
}
