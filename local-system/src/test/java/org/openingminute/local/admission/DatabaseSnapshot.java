package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.inventory.Allocation;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.inventory.Limits;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.OrderCheck;
import org.openingminute.registration.sale.Pricing;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RegistrationRequest;
import org.openingminute.registration.sale.Sale;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables of a conference, which are checked against the rules and against the responses that clients received. */
final class DatabaseSnapshot {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final String slug;
    private final Map<String, Definition> definitions = new ConcurrentHashMap<>();

    DatabaseSnapshot(String slug) {
        this.slug = slug;
    }

    /**
     * The limits and their allocations at one instant.
     *
     * @param held as stored in {@code quota}, without zeros
     * @param sold as stored in {@code quota}, without zeros
     * @param heldByRegistrations the sum over the registrations
     * @param soldByRegistrations the sum over the registrations
     */
    record Sheet(
            Definition definition,
            Map<String, Integer> held,
            Map<String, Integer> sold,
            Map<String, Integer> heldByRegistrations,
            Map<String, Integer> soldByRegistrations) {

        int held(String quota) {
            return held.getOrDefault(quota, 0);
        }

        int sold(String quota) {
            return sold.getOrDefault(quota, 0);
        }

        int taken(String quota) {
            return held(quota) + sold(quota);
        }

        /** Asserts that no limit is exceeded, and that the stored allocations equal those of the registrations. */
        void check() {
            assertThat(held).as("held, by the registrations").isEqualTo(heldByRegistrations);
            assertThat(sold).as("sold, by the registrations").isEqualTo(soldByRegistrations);
            Limits.of(definition)
                    .byKey()
                    .forEach((key, limit) ->
                            assertThat(taken(key.code())).as(key.code()).isLessThanOrEqualTo(limit));
        }

        /** Whether the rules would accept this order now. */
        boolean gives(String body, Instant now) {
            Order order = OrderCheck.order(request(body));
            Map<QuotaKey, Integer> taken = new HashMap<>();
            held.forEach((code, count) -> taken.merge(QuotaKey.of(code), count, Integer::sum));
            sold.forEach((code, count) -> taken.merge(QuotaKey.of(code), count, Integer::sum));
            return quote(definition, order, now).isPresent()
                    && Availability.of(definition, now)
                            .firstShort(taken, Allocation.of(definition, order))
                            .isEmpty();
        }
    }

    Sheet sheet(Connection connection) throws SQLException {
        Map<String, Map<String, Integer>> numbers = new HashMap<>();
        String definition = "";
        try (PreparedStatement query = connection.prepareStatement("""
                select 'definition' as kind, definition::text as code, 1 as count from conference where slug = ?
                union all
                select 'held', code, held from quota where conference = ? and held <> 0
                union all
                select 'sold', code, sold from quota where conference = ? and sold <> 0
                union all
                select case r.status when 'confirmed' then 'registrations sold' else 'registrations held' end,
                       takes.key, sum(takes.value::int)
                  from registration r, jsonb_each_text(r.document::jsonb -> 'takes' -> 'amounts') as takes
                 where r.conference = ? and r.status in ('pending-review', 'pending-payment', 'rejected', 'confirmed')
                 group by 1, 2
                """)) {
            for (int i = 1; i <= 4; i++) {
                query.setString(i, slug);
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    if (rows.getString("kind").equals("definition")) {
                        definition = rows.getString("code");
                    } else {
                        numbers.computeIfAbsent(rows.getString("kind"), _ -> new TreeMap<>())
                                .put(rows.getString("code"), rows.getInt("count"));
                    }
                }
            }
        }
        return new Sheet(
                definitions.computeIfAbsent(definition, Offer::read),
                numbers.getOrDefault("held", Map.of()),
                numbers.getOrDefault("sold", Map.of()),
                numbers.getOrDefault("registrations held", Map.of()),
                numbers.getOrDefault("registrations sold", Map.of()));
    }

    /** All registrations by id. */
    Map<String, Registration> registrations(Connection connection) throws SQLException {
        Map<String, Registration> found = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(
                "select id, status, created_at, document from registration where conference = ?")) {
            query.setString(1, slug);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    Registration registration = Documents.registration(rows.getString("document"));
                    assertThat(registration.id().toString()).isEqualTo(rows.getString("id"));
                    assertThat(registration.status().wireName()).isEqualTo(rows.getString("status"));
                    assertThat(registration.createdAt())
                            .isEqualTo(rows.getTimestamp("created_at").toInstant());
                    found.put(rows.getString("id"), registration);
                }
            }
        }
        return found;
    }

    /**
     * Asserts that every confirmed response has exactly one registration, with the contents of the response and the price of its moment,
     * and that there are no others.
     *
     * @param made the orders and the responses, by key
     * @return the number of registrations in each phase
     */
    Map<String, Integer> check(Connection connection, Map<String, Made> made) throws SQLException {
        Sheet sheet = sheet(connection);
        sheet.check();
        Map<String, Registration> registrations = registrations(connection);
        Map<String, String> keys = new HashMap<>();
        Map<String, Integer> phases = new TreeMap<>();
        made.forEach((key, one) -> {
            String id = one.reply().at("/id");
            assertThat(keys.put(id, key))
                    .as("another key of registration " + id)
                    .isNull();
            Registration registration = registrations.get(id);
            assertThat(registration).as("registration of " + key + " exists").isNotNull();
            check(sheet.definition(), registration, one);
            phases.merge(registration.price().phase(), 1, Integer::sum);
        });
        assertThat(keys.keySet()).as("registrations without a response").isEqualTo(registrations.keySet());
        checkOrder(connection, registrations);
        return phases;
    }

    /** A later decision has no earlier time, because business time is read after the lock is acquired. */
    private void checkOrder(Connection connection, Map<String, Registration> registrations) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select id from registration where conference = ? order by number
                """)) {
            query.setString(1, slug);
            try (ResultSet rows = query.executeQuery()) {
                Instant last = Instant.MIN;
                int count = 0;
                while (rows.next()) {
                    Instant at = registrations.get(rows.getString(1)).createdAt();
                    assertThat(at).as("when it was decided").isAfterOrEqualTo(last);
                    last = at;
                    count++;
                }
                assertThat(count).isEqualTo(registrations.size());
            }
        }
    }

    /** An order that was answered with a registration. */
    record Made(String body, Reply reply) {}

    private static void check(Definition definition, Registration registration, Made made) {
        Order order = OrderCheck.order(request(made.body()));
        Quote quote = quote(definition, order, registration.createdAt()).orElseThrow();
        assertThat(registration.price())
                .as(made.body())
                .isEqualTo(new Registration.FixedPrice(
                        quote.lines(), quote.discount(), quote.tax(), quote.total(), quote.phase(), quote.voucher()));
        long sum =
                quote.lines().stream().mapToLong(line -> line.amount().amount()).sum();
        assertThat(registration.total().amount())
                .isEqualTo(sum - quote.discount().amount() + quote.tax().amount());
        assertThat(registration.allocation().asAllocation()).isEqualTo(Allocation.of(definition, order));
        assertThat(made.reply().at("/phase")).isEqualTo(quote.phase());
        assertThat(made.reply().json().at("/total")).isEqualTo(tree(quote.total()));
        assertThat(made.reply().json().at("/lines")).isEqualTo(tree(quote.lines()));
    }

    private static Optional<Quote> quote(Definition definition, Order order, Instant at) {
        if (definition.registration().sale().phaseAt(at) instanceof Sale.Moment.Open(var phase)
                && Pricing.quote(definition, phase, order, at) instanceof Quote quote) {
            return Optional.of(quote);
        }
        return Optional.empty();
    }

    /** The value as a JSON tree that was parsed, so that numbers have the same type. */
    private static JsonNode tree(Object value) {
        return JSON.readTree(JSON.writeValueAsString(value));
    }

    private static RegistrationRequest request(String body) {
        return JSON.readValue(body, RegistrationRequest.class);
    }
}
