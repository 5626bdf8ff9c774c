package org.openingminute.registration.desk;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.desk.IndexEntry.Facet;
import org.openingminute.registration.desk.IndexEntry.NeedKind;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;

/**
 * Which registrations a list shows, and from where on. Immutable.
 *
 * @param typed what was typed, without the space around it
 * @param words in PostgreSQL's form, what was typed and what was chosen; {@code null} for all
 * @param from the earliest creation, in business time
 * @param to an instant before which they were created
 * @param next the row beside the part, of the part before or, backwards, of the one after it
 * @param isBackwards whether the part ends before that row, and does not begin after it
 */
public record RegistrationFilter(
        String typed,
        @Nullable String words,
        @Nullable Instant from,
        @Nullable Instant to,
        Sort sort,
        int limit,
        @Nullable Position next,
        boolean isBackwards) {

    private static final int LONGEST_SEARCH = 200;
    private static final int LONGEST_CHOICE = 100;

    private static final Set<String> METHODS =
            names(Arrays.stream(Registration.PaymentMethod.values()).map(Enum::name));
    private static final Set<String> STATES =
            names(Arrays.stream(Status.values()).map(Status::wireName));
    /** What may have to be done about a registration. */
    public static final Set<String> NEEDS =
            names(Arrays.stream(NeedKind.values()).map(NeedKind::wireName));
    /** The states of a payment. */
    public static final Set<String> PAYMENTS = names(Stream.of(
            "awaiting", "processing", "captured", "failed", "partly-refunded", "refunded", "disputed", "closed"));

    /** The order of a list. */
    public enum Sort {
        NEWEST,
        OLDEST,
        /** First those that need something, the longest wait before the others. */
        NEED
    }

    /**
     * A row's place in its order.
     *
     * @param at when it was made, or since when it needs something; {@code null} if it needs nothing
     */
    public record Position(@Nullable Instant at, UUID id) {

        /** As an address has it. */
        public String encoded() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(((at == null ? "" : at) + "|" + id).getBytes(StandardCharsets.UTF_8));
        }

        /** @throws Problem {@code invalid} */
        static Position read(String field, String text) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\\|", -1);
                if (parts.length == 2) {
                    return new Position(
                            parts[0].isEmpty() ? null : QueryValues.inRange(Instant.parse(parts[0])),
                            UUID.fromString(parts[1]));
                }
            } catch (IllegalArgumentException | DateTimeException e) {
                // The refusal follows below.
            }
            throw Problem.invalid(field, "not-an-id", "is not the end of a part of this list");
        }
    }

    /**
     * What a caller may choose; each may be {@code null} or empty. Several values are separated by commas.
     *
     * @param q what is searched for
     * @param from an instant, the earliest of when they were made
     * @param to an instant before which they were made
     */
    public record Choices(
            @Nullable String q,
            @Nullable String status,
            @Nullable String category,
            @Nullable String phase,
            @Nullable String method,
            @Nullable String payment,
            @Nullable String voucher,
            @Nullable String need,
            @Nullable String from,
            @Nullable String to) {

        /** Those that stand in a query by their names. */
        public static Choices of(Map<String, String> query) {
            return new Choices(
                    query.get("q"),
                    query.get("status"),
                    query.get("category"),
                    query.get("phase"),
                    query.get("method"),
                    query.get("payment"),
                    query.get("voucher"),
                    query.get("need"),
                    query.get("from"),
                    query.get("to"));
        }

        /** The same of another time. */
        public Choices between(@Nullable String begin, @Nullable String end) {
            return new Choices(q, status, category, phase, method, payment, voucher, need, begin, end);
        }

        /** Those that are not empty, by their names. */
        public Map<String, String> given() {
            Map<String, String> given = new TreeMap<>();
            put(given, "q", q);
            put(given, "status", status);
            put(given, "category", category);
            put(given, "phase", phase);
            put(given, "method", method);
            put(given, "payment", payment);
            put(given, "voucher", voucher);
            put(given, "need", need);
            put(given, "from", from);
            put(given, "to", to);
            return given;
        }

        private static void put(Map<String, String> given, String name, @Nullable String value) {
            if (value != null && !value.isBlank()) {
                given.put(name, value);
            }
        }

        /** @throws Problem {@code invalid} for a value that cannot be */
        private List<List<String>> words() {
            List<List<String>> all = new ArrayList<>();
            add(all, Facet.STATUS, "status", status, STATES);
            add(all, Facet.CATEGORY, "category", category, Set.of());
            add(all, Facet.PHASE, "phase", phase, Set.of());
            add(all, Facet.METHOD, "method", method, METHODS);
            add(all, Facet.PAYMENT, "payment", payment, PAYMENTS);
            add(all, Facet.VOUCHER, "voucher", voucher, Set.of());
            add(all, Facet.NEED, "need", need, NEEDS);
            return all;
        }

        private static void add(
                List<List<String>> all, Facet facet, String field, @Nullable String chosen, Set<String> known) {
            if (chosen == null || chosen.isBlank()) {
                return;
            }
            checked(field, chosen, LONGEST_CHOICE);
            List<String> values = Stream.of(chosen.split(","))
                    .map(String::strip)
                    .filter(value -> !value.isEmpty())
                    .toList();
            if (!known.isEmpty() && !known.containsAll(values)) {
                throw Problem.invalid(field, "not-one-of", "must be one of {}", String.join(", ", known));
            }
            if (!values.isEmpty()) {
                all.add(values.stream().map(facet::word).toList());
            }
        }
    }

    /**
     * Reads what a caller asks for.
     *
     * @throws Problem {@code invalid} if a value is not valid
     */
    public static RegistrationFilter of(Choices choices, PageWanted page) {
        String typed = typed(choices.q());
        return new RegistrationFilter(
                typed,
                SearchWords.query(typed, choices.words()),
                instant("from", choices.from()),
                instant("to", choices.to()),
                page.sorted(),
                QueryValues.limit(page.limit()),
                page.next(),
                page.isBackwards());
    }

    /** The same choice from its beginning on, in an order, in parts of that many. */
    RegistrationFilter beginning(Sort order, int most) {
        return new RegistrationFilter(typed, words, from, to, order, most, null, false);
    }

    /** The same choice behind a row. */
    RegistrationFilter after(Position row) {
        return new RegistrationFilter(typed, words, from, to, sort, limit, row, false);
    }

    /** Which part of the list, in which order: the one after a row, the one before a row, or else the first. */
    public record PageWanted(
            @Nullable String sort,
            @Nullable String limit,
            @Nullable String after,
            @Nullable String before) {

        /** A part that begins after a row, or the first. */
        public PageWanted(@Nullable String sort, @Nullable String limit, @Nullable String after) {
            this(sort, limit, after, null);
        }

        private boolean isBackwards() {
            return before != null && !before.isEmpty();
        }

        private @Nullable Position next() {
            if (before != null && !before.isEmpty()) {
                return Position.read("before", before);
            }
            return after == null || after.isEmpty() ? null : Position.read("after", after);
        }

        private Sort sorted() {
            return switch (sort == null ? "" : sort) {
                case "", "newest" -> Sort.NEWEST;
                case "oldest" -> Sort.OLDEST;
                case "need" -> Sort.NEED;
                default -> throw Problem.invalid("sort", "not-one-of", "must be one of {}", "newest, oldest, need");
            };
        }
    }

    /**
     * What was typed, without the space around it.
     *
     * @throws Problem {@code invalid}
     */
    static String typed(@Nullable String q) {
        return q == null ? "" : checked("q", q, LONGEST_SEARCH).strip();
    }

    static @Nullable Instant instant(String field, @Nullable String text) {
        return text == null || text.isEmpty() ? null : QueryValues.instant(field, text);
    }

    /** A text without control characters. */
    static String checked(String field, String text, int longest) {
        if (text.length() > longest) {
            throw Problem.invalid(field, "too-long", "must be at most {} characters", longest);
        }
        if (JsonFields.unwritable(text, false)) {
            throw Problem.invalid(field, "control-characters", "has control characters");
        }
        return text;
    }

    private static Set<String> names(Stream<String> all) {
        return Collections.unmodifiableSortedSet(all.collect(Collectors.toCollection(TreeSet::new)));
    }
}
