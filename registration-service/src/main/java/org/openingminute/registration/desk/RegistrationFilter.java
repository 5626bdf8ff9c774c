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
 * Selects the registrations that a list shows, their order and the position of the page. Immutable.
 *
 * @param typed the search text, stripped
 * @param words a {@code tsquery} of the search text and the chosen filters; {@code null} for all registrations
 * @param from earliest creation, business time, inclusive
 * @param to latest creation, business time, exclusive
 * @param next the cursor: the last row of the previous page or, backwards, the first row of the following page
 * @param isBackwards whether the page ends before the cursor instead of beginning after it
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
    /** The names of all kinds of needs. */
    public static final Set<String> NEEDS =
            names(Arrays.stream(NeedKind.values()).map(NeedKind::wireName));
    /** The names of all states of a payment. */
    public static final Set<String> PAYMENTS = names(Stream.of(
            "awaiting", "processing", "captured", "failed", "partly-refunded", "refunded", "disputed", "closed"));

    /** The order of a list. */
    public enum Sort {
        NEWEST,
        OLDEST,
        /** Registrations with an open task first, the longest waiting at the top. */
        NEED
    }

    /**
     * A row's position in the order of the list; it serves as the cursor of a page.
     *
     * @param at when the registration was created, or when its oldest task arose; {@code null} if it has no task
     */
    public record Position(@Nullable Instant at, UUID id) {

        /** Encodes the position for a URL. */
        public String encoded() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(((at == null ? "" : at) + "|" + id).getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Parses a position.
         *
         * @throws Problem {@code invalid} if the text is not a position of this list
         */
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
                // Fall through to the refusal below.
            }
            throw Problem.invalid(field, "not-an-id", "is not the end of a part of this list");
        }
    }

    /**
     * The filters as a caller sends them; each may be {@code null} or empty. Several values are separated by commas.
     *
     * @param q the search text
     * @param from earliest creation, an instant, inclusive
     * @param to latest creation, an instant, exclusive
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

        /** Takes the filters from query parameters of the same names. */
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

        /** Returns the same filters with another span of creation times. */
        public Choices between(@Nullable String begin, @Nullable String end) {
            return new Choices(q, status, category, phase, method, payment, voucher, need, begin, end);
        }

        /** Returns the filters that are not empty, by name. */
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

        /**
         * Returns the words of the chosen values, grouped by filter.
         *
         * @throws Problem {@code invalid} for an unknown value
         */
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
     * Parses the parameters of a request.
     *
     * @throws Problem {@code invalid} if a parameter has an invalid value
     */
    public static RegistrationFilter of(Choices choices, PageRequest page) {
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

    /** Returns the first page of the same selection, in the given order and with at most {@code most} rows. */
    RegistrationFilter beginning(Sort order, int most) {
        return new RegistrationFilter(typed, words, from, to, order, most, null, false);
    }

    /** Returns the page of the same selection that begins after a row. */
    RegistrationFilter after(Position row) {
        return new RegistrationFilter(typed, words, from, to, sort, limit, row, false);
    }

    /** The requested page and order: the page after a row, the page before a row, or else the first page. */
    public record PageRequest(
            @Nullable String sort,
            @Nullable String limit,
            @Nullable String after,
            @Nullable String before) {

        /** Requests the page after a row, or the first page. */
        public PageRequest(@Nullable String sort, @Nullable String limit, @Nullable String after) {
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
     * Returns the search text, stripped.
     *
     * @throws Problem {@code invalid} if the text is too long or has control characters
     */
    static String typed(@Nullable String q) {
        return q == null ? "" : checked("q", q, LONGEST_SEARCH).strip();
    }

    static @Nullable Instant instant(String field, @Nullable String text) {
        return text == null || text.isEmpty() ? null : QueryValues.instant(field, text);
    }

    /**
     * Returns the text unchanged.
     *
     * @throws Problem {@code invalid} if the text is too long or has control characters
     */
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
