package org.openingminute.gateway.ops;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.ops.JsonDifferences.Difference;
import org.openingminute.gateway.staff.DeskFrame;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.ui.BusinessTime;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Filters;
import org.openingminute.ui.part.Link;
import org.openingminute.ui.part.Pager;
import org.springframework.http.HttpStatus;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.JsonNode;

/** The page of a conference's audit: the filter that the reader set, and each row as a sentence in the reader's language. */
final class AuditPage {

    private static final String TEMPLATE = "audit";
    private static final String ACT = "audit.what.";
    /** The parameters of the page's address. */
    static final List<String> FIELDS = List.of("who", "what", "registration", "from", "to", "after");

    private static final int MOST_DIFFERENCES = 25;
    /** A row with more differences has them folded. */
    private static final int MOST_UNFOLDED = 4;
    /** The acts that are parts of opening a registration's page, and the keys of their words. */
    private static final Map<String, String> PARTS =
            Map.of("opened a payment", "audit.with.payment", "opened the mails of a registration", "audit.with.mails");

    /** A page's parts are opened within this time after the page. */
    private static final Duration ONE_OPENING = Duration.ofSeconds(30);

    private static final int LONGEST = 300;
    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z])(?=[A-Z])");
    private static final Pattern NO_LETTERS = Pattern.compile("[^a-z]+");

    private final String slug;
    private final ZoneId zone;
    private final Map<String, String> typed;
    private final Locale language;
    private final ResourceBundle words;

    /** @param typed the parameters of the address; those that the page does not know are ignored */
    AuditPage(DeskFrame.DeskConference conference, Map<String, String> typed, Locale language) {
        this.slug = conference.slug();
        this.zone = conference.zone();
        this.typed = typed;
        this.language = language;
        words = DeskFrame.words(language);
    }

    /** A field of the filter form. */
    record Field(
            String name,
            String type,
            String label,
            String value,
            @Nullable String problem) {}

    /**
     * A row as text.
     *
     * @param registration the reference of the row's registration, or its id if the reference is not known
     * @param address the page of the row's registration; {@code null} if there is none
     * @param areFolded whether the differences are many, so that the page folds them
     * @param more the number of differences that are not shown
     */
    record Row(
            BusinessTime at,
            String who,
            @Nullable String role,
            String what,
            @Nullable String registration,
            @Nullable String address,
            List<Change> changes,
            boolean areFolded,
            int more,
            @Nullable String why) {}

    /** A difference; a value is {@code null} where nothing was there. */
    record Change(
            String place, @Nullable String before, @Nullable String after) {}

    /** The page with the rows that were found. */
    DeskFrame.Content of(JsonNode page) {
        List<Row> rows = rows(page.path("items").valueStream().toList());
        String away = page.path("services")
                .valueStream()
                .filter(service -> service.path("state").asString().equals("down"))
                .map(service ->
                        words.getString("audit.away." + service.path("service").asString()))
                .collect(Collectors.joining(", "));
        return content(
                HttpStatus.OK,
                null,
                rows,
                away,
                page.path("next").isString() ? page.path("next").asString() : null);
    }

    /** The page with the reason why the search was refused. */
    DeskFrame.Content of(Problem wrong) {
        return content(HttpStatus.UNPROCESSABLE_CONTENT, wrong, List.of(), "", null);
    }

    private DeskFrame.Content content(
            HttpStatus status, @Nullable Problem wrong, List<Row> rows, String away, @Nullable String next) {
        List<Field> fields = Stream.of("who", "registration", "from", "to")
                .map(name -> new Field(
                        name, type(name), words.getString("audit." + name), value(name), problem(name, wrong)))
                .toList();
        return new DeskFrame.Content(
                status,
                TEMPLATE,
                Map.ofEntries(
                        Map.entry("address", address(null)),
                        Map.entry("plain", own()),
                        Map.entry("zone", zone.getId()),
                        Map.entry("fields", fields),
                        Map.entry("acts", acts()),
                        Map.entry("errors", errors(fields, wrong)),
                        Map.entry("isFound", wrong == null),
                        Map.entry("rows", rows),
                        Map.entry("away", away),
                        Map.entry("isContinued", !value("after").isEmpty()),
                        Map.entry("pager", new Pager(shown(rows.size()), null, next == null ? null : address(next)))));
    }

    private String own() {
        return DeskEntry.AUDIT.address(slug);
    }

    private static String type(String name) {
        return switch (name) {
            case "who" -> "search";
            case "from", "to" -> "date";
            default -> "text";
        };
    }

    private String value(String name) {
        return typed.getOrDefault(name, "");
    }

    private @Nullable String problem(String field, @Nullable Problem wrong) {
        return wrong == null
                ? null
                : wrong.errors().stream()
                        .filter(error -> error.field().equals(field))
                        .findFirst()
                        .map(this::sentence)
                        .orElse(null);
    }

    private String sentence(FieldError error) {
        return words.getString("audit.wrong." + error.code());
    }

    /** The error summary. Errors of parameters that have no field concern the address, which must have been edited by hand. */
    private List<Link> errors(List<Field> fields, @Nullable Problem wrong) {
        if (wrong == null) {
            return List.of();
        }
        List<Link> links = fields.stream()
                .filter(field -> field.problem() != null)
                .map(field -> new Link("#audit-" + field.name(), field.label() + ": " + field.problem()))
                .toList();
        return links.isEmpty() ? List.of(new Link(own(), words.getString("audit.wrong.address"))) : links;
    }

    /** The acts by which a reader can filter. The values equal those in the rows. */
    private List<Filters.Option> acts() {
        ResourceBundle english = DeskFrame.words(Locale.ENGLISH);
        return Stream.concat(
                        Stream.of(new Filters.Option(
                                "", words.getString("audit.any"), value("what").isEmpty())),
                        words.keySet().stream()
                                .filter(key -> key.startsWith(ACT))
                                .sorted(Comparator.comparing(words::getString))
                                .map(key -> new Filters.Option(
                                        english.getString(key),
                                        words.getString(key),
                                        english.getString(key).equals(value("what")))))
                .toList();
    }

    private String shown(int rows) {
        return switch (rows) {
            case 0 -> words.getString("audit.shown-none");
            case 1 -> words.getString("audit.shown-one");
            default -> words.getString("audit.shown").replace("{number}", Integer.toString(rows));
        };
    }

    private String address(@Nullable String after) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath(own());
        FIELDS.stream()
                .filter(name -> !name.equals("after") && !value(name).isEmpty())
                .forEach(name -> query(address, name, value(name)));
        if (after != null) {
            query(address, "after", after);
        }
        return address.build(true).toUriString();
    }

    private static void query(UriComponentsBuilder address, String name, String value) {
        address.queryParam(name, UriUtils.encode(value, StandardCharsets.UTF_8));
    }

    /**
     * The rows as text. Opening a registration's page also opens its payment and its mails, which other services record: these rows are
     * shown with the row of the registration.
     */
    private List<Row> rows(List<JsonNode> all) {
        Map<String, Set<String>> parts = new HashMap<>();
        Set<String> shownElsewhere = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            JsonNode part = all.get(i);
            @Nullable String word = PARTS.get(part.path("what").asString());
            if (word != null) {
                all.subList(i + 1, all.size()).stream()
                        .filter(row -> isOpeningOf(row, part)
                                && !parts.getOrDefault(id(row), Set.of()).contains(word))
                        .findFirst()
                        .ifPresent(opening -> {
                            parts.computeIfAbsent(id(opening), _ -> new TreeSet<>())
                                    .add(word);
                            shownElsewhere.add(id(part));
                        });
            }
        }
        Map<String, String> references = references(all);
        return all.stream()
                .filter(row -> !shownElsewhere.contains(id(row)))
                .map(row -> row(row, parts.getOrDefault(id(row), Set.of()), references))
                .toList();
    }

    private static boolean isOpeningOf(JsonNode row, JsonNode part) {
        return row.path("what").asString().equals("opened a registration")
                && row.path("who").equals(part.path("who"))
                && row.path("registration").equals(part.path("registration"))
                && at(row).plus(ONE_OPENING).isAfter(at(part));
    }

    private static String id(JsonNode row) {
        return row.path("id").asString();
    }

    private static Instant at(JsonNode row) {
        return Instant.parse(row.path("at").asString());
    }

    /** The references of registrations, by id, as far as rows contain the registration itself. */
    private static Map<String, String> references(List<JsonNode> rows) {
        Map<String, String> references = new HashMap<>();
        for (JsonNode row : rows) {
            Stream.of(row.path("before"), row.path("after"))
                    .filter(state -> state.path("id").equals(row.path("registration")))
                    .forEach(state -> references.put(
                            state.path("id").asString(), state.path("reference").asString()));
        }
        return references;
    }

    /** @param parts the keys of what was opened together with the row's registration */
    private Row row(JsonNode row, Set<String> parts, Map<String, String> references) {
        List<Difference> differences = JsonDifferences.between(row.get("before"), row.get("after"));
        @Nullable String registration = text(row, "registration");
        @Nullable String person = text(row, "person");
        @Nullable String role = text(row, "role");
        return new Row(
                BusinessTime.at(at(row), zone, language),
                person == null ? row.path("who").asString() : person,
                role == null ? null : word("audit.role." + role, role),
                act(row.path("what").asString()) + with(parts),
                registration == null ? null : references.getOrDefault(registration, registration),
                registration == null ? null : DeskEntry.REGISTRATIONS.address(slug) + "/" + registration,
                differences.stream().limit(MOST_DIFFERENCES).map(this::change).toList(),
                differences.size() > MOST_UNFOLDED,
                Math.max(0, differences.size() - MOST_DIFFERENCES),
                text(row, "why"));
    }

    private String with(Set<String> parts) {
        return parts.isEmpty() ? "" : parts.stream().map(words::getString).collect(Collectors.joining(", ", " (", ")"));
    }

    private static @Nullable String text(JsonNode row, String name) {
        return row.path(name).isString() ? row.path(name).asString() : null;
    }

    private String word(String key, String otherwise) {
        return words.containsKey(key) ? words.getString(key) : otherwise;
    }

    /** The act's text in the reader's language. An act that only a newer service knows is shown as it was written. */
    private String act(String what) {
        return word(ACT + NO_LETTERS.matcher(what.toLowerCase(Locale.ROOT)).replaceAll("-"), what);
    }

    private Change change(Difference difference) {
        String place = difference.path().stream()
                .map(part -> word("audit.field." + part, part))
                .map(part -> HUMP.matcher(part).find()
                        ? HUMP.matcher(part).replaceAll(" ").toLowerCase(Locale.ROOT)
                        : part)
                .collect(Collectors.joining(" › "));
        String field = difference.path().isEmpty() ? "" : difference.path().getLast();
        return new Change(
                place,
                difference.before() == null ? null : shown(field, difference.before()),
                difference.after() == null ? null : shown(field, difference.after()));
    }

    /** The value of a field, with the readable name of a state. */
    private String shown(String field, JsonNode value) {
        return value.isString() ? word("audit.value." + field + "." + value.asString(), shown(value)) : shown(value);
    }

    private String shown(JsonNode value) {
        String text = JsonDifferences.isMoney(value)
                ? money(value)
                : value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode)
                        ? value.valueStream().map(this::shown).collect(Collectors.joining(", "))
                        : value.isBoolean()
                                ? words.getString(value.asBoolean() ? "audit.yes" : "audit.no")
                                : value.isString() ? instant(value.asString()) : value.toString();
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }

    private String instant(String text) {
        try {
            return INSTANT.matcher(text).matches()
                    ? BusinessTime.at(Instant.parse(text), zone, language).text()
                    : text;
        } catch (DateTimeException _) {
            return text;
        }
    }

    private String money(JsonNode money) {
        String code = money.path("currency").asString();
        int digits;
        try {
            digits = Math.max(0, Currency.getInstance(code).getDefaultFractionDigits());
        } catch (IllegalArgumentException _) {
            digits = 0;
        }
        NumberFormat format = NumberFormat.getNumberInstance(language);
        format.setMinimumFractionDigits(digits);
        return words.getString("audit.money")
                .replace(
                        "{amount}",
                        format.format(BigDecimal.valueOf(money.path("amount").asLong(), digits)))
                .replace("{currency}", code);
    }
}
