package org.openingminute.registration.inventory;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.Property;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.Order;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves by random orders and cancellations that quotas equal simple counters that use none of the code under test. */
class QuotaPropertiesTest {

    private static final Instant NOW = Instant.parse("2026-02-02T17:00:00Z");
    private static final int STEPS = 60;

    /** A small sale: seats, categories a and b, v without a seat, add-on x, and vouchers. {@code null} means no limit. */
    private record World(
            int capacity,
            @Nullable Integer a,
            @Nullable Integer b,
            @Nullable Integer v,
            @Nullable Integer x,
            List<Code> codes) {}

    /** A voucher; {@code only} is empty if it applies to all categories. */
    private record Code(String code, @Nullable Integer uses, boolean reserves, Set<String> only) {

        boolean touches(String category) {
            return only.isEmpty() || only.contains(category);
        }
    }

    private record Person(String category, int extras) {}

    private record Group(List<Person> people, @Nullable Code code) {

        long touched() {
            return code == null
                    ? 0
                    : people.stream().filter(p -> code.touches(p.category())).count();
        }
    }

    /** Counts from all present groups, afresh each time. */
    private static final class Counters {

        private final World world;
        private final List<Group> in = new ArrayList<>();

        Counters(World world) {
            this.world = world;
        }

        long seats() {
            return people(Set.of("a", "b"));
        }

        long people(Set<String> categories) {
            return in.stream()
                    .flatMap(group -> group.people().stream())
                    .filter(p -> categories.contains(p.category()))
                    .count();
        }

        long extras() {
            return in.stream()
                    .flatMap(group -> group.people().stream())
                    .mapToLong(Person::extras)
                    .sum();
        }

        long uses(Code code) {
            return in.stream()
                    .filter(group -> code.equals(group.code()))
                    .mapToLong(Group::touched)
                    .sum();
        }

        /** Returns the unused uses of all vouchers that reserve in one of these categories. */
        long kept(Set<String> categories) {
            return world.codes().stream()
                    .filter(code -> code.reserves() && categories.stream().anyMatch(code::touches))
                    .mapToLong(code -> Math.max(0, code.uses() == null ? 0 : code.uses() - uses(code)))
                    .sum();
        }

        /** Returns the code of the first limit that the group would exceed. Only groups with a voucher may use its reservation. */
        @Nullable
        String passed(Group group) {
            in.add(group);
            try {
                Code code = group.code();
                if (code != null && code.uses() != null && uses(code) > code.uses() && group.touched() > 0) {
                    return "voucher:" + code.code();
                }
                if (over(group, Set.of("a", "b"), world.capacity())) {
                    return "capacity";
                }
                if (over(group, Set.of("a"), world.a())) {
                    return "category:a";
                }
                if (over(group, Set.of("b"), world.b())) {
                    return "category:b";
                }
                if (over(group, Set.of("v"), world.v())) {
                    return "category:v";
                }
                boolean extras = group.people().stream().anyMatch(p -> p.extras() > 0);
                return extras && world.x() != null && extras() > world.x() ? "add-on:x" : null;
            } finally {
                in.removeLast();
            }
        }

        private boolean over(Group group, Set<String> categories, @Nullable Integer limit) {
            List<Person> wanting = group.people().stream()
                    .filter(p -> categories.contains(p.category()))
                    .toList();
            if (limit == null || wanting.isEmpty()) {
                return false;
            }
            Code code = group.code();
            boolean allByTheirOwn =
                    code != null && code.reserves() && wanting.stream().allMatch(p -> code.touches(p.category()));
            return people(categories) + (allByTheirOwn ? 0 : kept(categories)) > limit;
        }

        void limitsHold() {
            assertThat(seats()).isLessThanOrEqualTo(world.capacity());
            assertThat(people(Set.of("a"))).isLessThanOrEqualTo(most(world.a()));
            assertThat(people(Set.of("b"))).isLessThanOrEqualTo(most(world.b()));
            assertThat(people(Set.of("v"))).isLessThanOrEqualTo(most(world.v()));
            assertThat(extras()).isLessThanOrEqualTo(most(world.x()));
            world.codes().forEach(code -> assertThat(uses(code)).isLessThanOrEqualTo(most(code.uses())));
        }

        private static long most(@Nullable Integer limit) {
            return limit == null ? Long.MAX_VALUE : limit;
        }
    }

    @Test
    void exactly_what_fits_is_admitted() {
        Property.holds(600, random -> {
            World world = world(random);
            Definition definition = definition(world);
            Availability availability = Availability.of(definition, NOW);
            Counters counters = new Counters(world);
            Map<QuotaKey, Integer> allocated = new HashMap<>();
            for (int step = 0; step < STEPS; step++) {
                if (!counters.in.isEmpty() && random.nextInt(3) == 0) {
                    Group leaving = counters.in.remove(random.nextInt(counters.in.size()));
                    allocation(definition, leaving)
                            .amounts()
                            .forEach((key, count) -> allocated.merge(key, -count, Integer::sum));
                } else {
                    Group group = group(world, random);
                    Allocation allocation = allocation(definition, group);
                    Optional<QuotaKey> shortOf = availability.firstShort(allocated, allocation);
                    assertThat(shortOf.map(QuotaKey::code).orElse(null)).isEqualTo(counters.passed(group));
                    if (shortOf.isEmpty()) {
                        counters.in.add(group);
                        allocation.amounts().forEach((key, count) -> allocated.merge(key, count, Integer::sum));
                    }
                }
                counters.limitsHold();
            }
        });
    }

    @Test
    void every_reserved_use_is_available_while_nobody_cancels() {
        Property.holds(600, random -> {
            World world = world(random);
            Definition definition = definition(world);
            Availability availability = Availability.of(definition, NOW);
            Map<QuotaKey, Integer> allocated = new HashMap<>();
            for (int step = 0; step < STEPS; step++) {
                Allocation allocation = allocation(definition, group(world, random));
                if (availability.firstShort(allocated, allocation).isEmpty()) {
                    allocation.amounts().forEach((key, count) -> allocated.merge(key, count, Integer::sum));
                }
                assertThat(availability.firstBelowAllocated(allocated)).isEmpty();
            }
            for (Code code : world.codes()) {
                while (code.reserves()
                        && allocated.getOrDefault(new QuotaKey.OfVoucher(code.code()), 0) < code.uses()) {
                    String category = List.of("a", "b", "v").stream()
                            .filter(code::touches)
                            .findFirst()
                            .orElseThrow();
                    Allocation allocation = allocation(definition, new Group(List.of(new Person(category, 0)), code));
                    assertThat(availability.firstShort(allocated, allocation)).isEmpty();
                    allocation.amounts().forEach((key, count) -> allocated.merge(key, count, Integer::sum));
                }
            }
        });
    }

    @Test
    void a_voucher_that_is_used_up_is_never_called_sold_out() {
        Property.holds(1_500, random -> {
            World world = world(random);
            Definition definition = definition(world);
            Map<QuotaKey, Integer> allocated = new HashMap<>();
            allocated.put(new QuotaKey.Capacity(), random.nextInt(world.capacity() + 1));
            world.codes().stream()
                    .filter(code -> code.uses() != null)
                    .forEach(code -> allocated.put(new QuotaKey.OfVoucher(code.code()), code.uses()));
            Group group = group(world, random);
            if (group.code() != null && group.code().uses() != null && group.touched() > 0) {
                assertThat(Availability.of(definition, NOW).firstShort(allocated, allocation(definition, group)))
                        .contains(new QuotaKey.OfVoucher(group.code().code()));
            }
        });
    }

    /** A definition is never refused unchanged, whatever the history; with a lower limit it is. */
    @Test
    void definition_is_refused_only_for_a_lowered_limit() {
        Property.holds(600, random -> {
            World world = world(random);
            Definition definition = definition(world);
            Availability availability = Availability.of(definition, NOW);
            Map<QuotaKey, Integer> allocated = new HashMap<>();
            List<Allocation> in = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                if (!in.isEmpty() && random.nextInt(3) == 0) {
                    in.remove(random.nextInt(in.size()))
                            .amounts()
                            .forEach((key, count) -> allocated.merge(key, -count, Integer::sum));
                } else {
                    Allocation allocation = allocation(definition, group(world, random));
                    if (availability.firstShort(allocated, allocation).isEmpty()) {
                        in.add(allocation);
                        allocation.amounts().forEach((key, count) -> allocated.merge(key, count, Integer::sum));
                    }
                }
            }
            assertThat(Availability.of(definition, NOW).firstBelowAllocated(allocated, availability))
                    .isEmpty();
            int seats = allocated.getOrDefault(new QuotaKey.Capacity(), 0);
            if (seats > 1) {
                World smaller = new World(
                        seats - 1,
                        least(world.a(), seats - 1),
                        least(world.b(), seats - 1),
                        world.v(),
                        world.x(),
                        List.of());
                assertThat(Availability.of(definition(smaller), NOW).firstBelowAllocated(allocated, availability))
                        .contains(new QuotaKey.Capacity());
            }
        });
    }

    /** The reservations that an inventory maintains equal a fresh computation, also when vouchers end. */
    @Test
    void maintained_reservations_equal_a_fresh_computation() {
        Property.holds(600, random -> {
            World world = world(random);
            Definition definition = ending(world, random);
            Availabilities availabilities = new Availabilities();
            Map<QuotaKey, Inventory.Allocated> allocated = new HashMap<>();
            List<Allocation> in = new ArrayList<>();
            Instant now = NOW;
            for (int batch = 0; batch < STEPS / 5; batch++) {
                now = now.plusMillis(random.nextInt(-500, 3_000));
                Availability afresh = Availability.of(definition, now);
                Inventory inventory = new Inventory(allocated, availabilities.of(definition, now), now);
                for (int step = 0; step < 5; step++) {
                    Map<QuotaKey, Integer> before = Map.copyOf(inventory.sums());
                    Set<QuotaKey> withheldBefore = withheld(inventory);
                    Allocation other = allocation(definition, group(world, random));
                    if (!in.isEmpty() && random.nextBoolean()) {
                        Allocation leaving = in.remove(random.nextInt(in.size()));
                        Map<QuotaKey, Integer> without = new HashMap<>(before);
                        leaving.amounts().forEach((key, count) -> without.merge(key, -count, Integer::sum));
                        assertThat(inventory.allFreeInsteadOf(leaving, other))
                                .isEqualTo(afresh.firstShort(without, other).isEmpty());
                        inventory.change(leaving.amounts(), -1, 0);
                    } else if (inventory.firstShort(other).isEmpty()) {
                        in.add(other);
                        inventory.change(other.amounts(), 1, 0);
                    }
                    Map<QuotaKey, Integer> after = inventory.sums();
                    assertThat(inventory.firstShort(other)).isEqualTo(afresh.firstShort(after, other));
                    assertThat(inventory.nothingLeft()).isEqualTo(afresh.nothingLeft(after));
                    assertReserved(afresh, definition, now, after, other);
                    assertReserved(afresh.lasting(), definition, now.plusSeconds(3), after, other);
                    List<QuotaKey> stillEmpty = afresh.lasting().nothingLeft(after);
                    assertThat(withheld(inventory))
                            .containsAll(withheldBefore)
                            .containsAll(freed(afresh.nothingLeft(before), afresh.nothingLeft(after)))
                            .filteredOn(key -> !withheldBefore.contains(key))
                            .isSubsetOf(freed(afresh.nothingLeft(before), stillEmpty));
                }
                inventory
                        .changed()
                        .forEach((key, count) ->
                                allocated.put(key, new Inventory.Allocated(count.held(), count.sold(), null)));
            }
        });
    }

    private static void assertReserved(
            Availability availability,
            Definition definition,
            Instant at,
            Map<QuotaKey, Integer> allocated,
            Allocation order) {
        Reserved reserved = availability.reserved(allocated);
        Map<QuotaKey, Integer> with = new HashMap<>(allocated);
        order.amounts().forEach((key, count) -> with.merge(key, count, Integer::sum));
        for (QuotaKey limit : Limits.of(definition).byKey().keySet()) {
            int kept = kept(definition, at, allocated, limit);
            assertThat(reserved.of(limit)).isEqualTo(kept);
            assertThat(reserved.usedBy(order, allocated, limit)).isEqualTo(kept - kept(definition, at, with, limit));
        }
    }

    /** Returns the unused uses of all vouchers that reserve from a limit, without the code under test. */
    private static int kept(Definition definition, Instant at, Map<QuotaKey, Integer> allocated, QuotaKey limit) {
        return definition.registration().vouchers().stream()
                .filter(voucher -> voucher.reserves() && voucher.uses() != null && !voucher.endedAt(at))
                .filter(voucher -> definition.registration().categories().stream()
                        .filter(category -> voucher.touches(category.code()))
                        .anyMatch(category -> limit.equals(new QuotaKey.OfCategory(category.code()))
                                || limit.equals(new QuotaKey.Capacity()) && category.countsAgainstCapacity()))
                .mapToInt(voucher -> Math.max(
                        0,
                        requireNonNull(voucher.uses())
                                - allocated.getOrDefault(new QuotaKey.OfVoucher(voucher.code()), 0)))
                .sum();
    }

    private static Set<QuotaKey> withheld(Inventory inventory) {
        Set<QuotaKey> withheld = new HashSet<>();
        inventory.changed().forEach((key, count) -> {
            if (Inventory.Allocated.FREED_BY_THIS_BATCH.equals(count.freedAt())) {
                withheld.add(key);
            }
        });
        return withheld;
    }

    private static List<QuotaKey> freed(List<QuotaKey> emptyBefore, List<QuotaKey> emptyAfter) {
        return emptyBefore.stream().filter(key -> !emptyAfter.contains(key)).toList();
    }

    /** Returns the definition of a world whose vouchers end within seconds. */
    private static Definition ending(World world, RandomGenerator random) {
        ObjectNode source = source(world);
        source.at("/registration/vouchers").forEach(voucher -> {
            if (random.nextBoolean()) {
                ((ObjectNode) voucher)
                        .put("until", NOW.plusSeconds(random.nextInt(15)).toString());
            }
        });
        return Examples.read(source);
    }

    private static @Nullable Integer least(@Nullable Integer limit, int most) {
        return limit == null ? null : Math.min(limit, most);
    }

    private static Allocation allocation(Definition definition, Group group) {
        return Allocation.of(
                definition,
                new Order(
                        group.people().stream()
                                .map(p -> new Order.OrderLine(
                                        p.category(),
                                        p.extras() == 0 ? List.of() : List.of(new Order.Extra("x", p.extras()))))
                                .toList(),
                        group.code() == null ? null : group.code().code()));
    }

    /** Returns a world with a valid definition: its reservations fit into its limits. */
    private static World world(RandomGenerator random) {
        while (true) {
            int capacity = 1 + random.nextInt(12);
            List<Code> codes = new ArrayList<>();
            for (String code : List.of("K", "L", "M").subList(0, random.nextInt(4))) {
                boolean reserves = random.nextBoolean();
                Set<String> only = new HashSet<>();
                for (String category : List.of("a", "b", "v")) {
                    if (random.nextBoolean()) {
                        only.add(category);
                    }
                }
                Integer uses = reserves || random.nextBoolean() ? Integer.valueOf(random.nextInt(5)) : null;
                codes.add(new Code(code, uses, reserves, only));
            }
            World world = new World(
                    capacity,
                    quota(random, capacity + 1),
                    quota(random, capacity + 1),
                    quota(random, 8),
                    quota(random, 6),
                    codes);
            if (Availability.of(definition(world), NOW)
                    .firstBelowAllocated(Map.of())
                    .isEmpty()) {
                return world;
            }
        }
    }

    private static @Nullable Integer quota(RandomGenerator random, int below) {
        return random.nextInt(3) == 0 ? null : Integer.valueOf(random.nextInt(below));
    }

    private static Group group(World world, RandomGenerator random) {
        List<Person> people = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            people.add(new Person(List.of("a", "b", "v").get(random.nextInt(3)), Math.max(0, random.nextInt(5) - 2)));
        }
        int code = random.nextInt(world.codes().size() + 1);
        return new Group(
                people, code == world.codes().size() ? null : world.codes().get(code));
    }

    private static Definition definition(World world) {
        return Examples.read(source(world));
    }

    private static ObjectNode source(World world) {
        ObjectNode definition = (ObjectNode) Examples.json(Examples.small(""));
        ObjectNode terms = definition.withObject("registration");
        terms.put("capacity", world.capacity());
        ArrayNode categories = terms.putArray("categories");
        category(categories, "a", world.a());
        category(categories, "b", world.b());
        category(categories, "v", world.v()).put("countsAgainstCapacity", false);
        terms.putArray("addOns")
                .addObject()
                .put("code", "x")
                .put("name", "x")
                .put("amount", 1)
                .put("quota", world.x());
        ArrayNode vouchers = terms.putArray("vouchers");
        for (Code code : world.codes()) {
            ObjectNode voucher = vouchers.addObject()
                    .put("code", code.code())
                    .put("percentOff", 10)
                    .put("uses", code.uses())
                    .put("reserves", code.reserves());
            code.only().forEach(voucher.putArray("categories")::add);
        }
        return definition;
    }

    private static ObjectNode category(ArrayNode categories, String code, @Nullable Integer quota) {
        ObjectNode category = categories.addObject().put("code", code).put("name", code);
        category.putObject("amounts").put("only", 1);
        return category.put("quota", quota);
    }
}
