package org.openingminute.registration.deskpages;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.desk.DeskRegistrations.Found;
import org.openingminute.registration.desk.DeskRegistrations.ItemAttendee;
import org.openingminute.registration.desk.DeskRegistrations.RegistrationItem;
import org.openingminute.registration.desk.RegistrationFilter;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageRequest;
import org.openingminute.registration.desk.RegistrationFilter.Position;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.TimeFormat;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Phase;
import org.openingminute.ui.part.Filters;
import org.openingminute.ui.part.Link;
import org.openingminute.ui.part.Pager;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Tone;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The list of registrations as its page shows it: reads the filters from the query, and builds rows and links. Dates in the query are days
 * of the conference's time zone; both days of a range are included.
 */
final class RegistrationList {

    /** The id of the list's element, and the prefix of the ids of its fields. */
    private static final String ID = "registrations";

    private static final String ROWS = "50";
    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final String AFTER = "after";
    private static final String BEFORE = "before";
    /** The query parameters apart from the position in the list. */
    private static final List<String> PARAMETERS =
            List.of("q", "status", "category", "phase", "method", "payment", "need", "voucher", "from", "to", "sort");

    private final DeskPage page;
    private final Localizer localizer;
    private final Map<String, String> query;

    RegistrationList(DeskPage page, Map<String, String> query) {
        this.page = page;
        this.localizer = page.localizer();
        this.query = query;
    }

    /**
     * Parses the query.
     *
     * @throws Problem {@code invalid}
     */
    RegistrationFilter filter() {
        ZoneId zone = page.conference().definition().timeZone();
        return RegistrationFilter.of(
                Choices.of(query).between(beginning("from", 0, zone), beginning("to", 1, zone)),
                new PageRequest(query.get("sort"), ROWS, query.get(AFTER), query.get(BEFORE)));
    }

    /** Returns the search text; empty if there is none. */
    String typed() {
        return value("q").strip();
    }

    /** Returns a link that searches for a name and drops all other filters. */
    Link named(String name) {
        return new Link(
                UriComponentsBuilder.fromPath(path())
                        .queryParam("q", "{name}")
                        .encode()
                        .buildAndExpand(name)
                        .toUriString(),
                name);
    }

    private @Nullable String beginning(String field, int daysLater, ZoneId zone) {
        String text = value(field);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return LocalDate.parse(text)
                    .plusDays(daysLater)
                    .atStartOfDay(zone)
                    .toInstant()
                    .toString();
        } catch (DateTimeException e) {
            throw Problem.invalid(field, "not-a-date", "must be a date such as 2026-02-02");
        }
    }

    private String value(String parameter) {
        return query.getOrDefault(parameter, "");
    }

    /** Returns the id of the form field of a parameter, or of the list itself if the parameter has no field. */
    static String field(String parameter) {
        return switch (parameter) {
            case "q" -> ID + "-query";
            case AFTER, BEFORE -> ID;
            default -> ID + "-" + parameter;
        };
    }

    Filters filters() {
        Conference conference = page.conference();
        return new Filters(
                path(),
                ID,
                value("q"),
                List.of(
                        choice(
                                "status",
                                Arrays.stream(Status.values())
                                        .map(Status::wireName)
                                        .toList(),
                                this::status),
                        choice(
                                "category",
                                names(
                                        conference.definition().registration().categories(),
                                        Category::code,
                                        Category::name)),
                        choice(
                                "phase",
                                names(conference.definition().registration().phases(), Phase::code, Phase::name)),
                        choice(
                                "method",
                                Arrays.stream(Registration.PaymentMethod.values())
                                        .map(Enum::name)
                                        .toList(),
                                method -> text("desk.method.", method)),
                        choice("payment", RegistrationFilter.PAYMENTS, this::payment),
                        choice("need", RegistrationFilter.NEEDS, this::need),
                        sort()),
                List.of(field("voucher", "text"), field("from", "date"), field("to", "date")));
    }

    private static <T> Map<String, String> names(
            Collection<T> all, Function<T, String> code, Function<T, String> name) {
        Map<String, String> names = new LinkedHashMap<>();
        all.forEach(one -> names.put(code.apply(one), name.apply(one)));
        return names;
    }

    private Filters.Choice choice(String name, Map<String, String> names) {
        return choice(name, names.keySet(), value -> names.getOrDefault(value, value));
    }

    /**
     * Builds a select whose first option means "all". If the query holds several values, they become one extra option, so that they are
     * kept.
     */
    private Filters.Choice choice(String name, Collection<String> values, Function<String, String> text) {
        String chosen = value(name);
        List<Filters.Option> options = new ArrayList<>();
        options.add(new Filters.Option("", localizer.of("desk.registrations.all"), chosen.isEmpty()));
        values.forEach(value -> options.add(new Filters.Option(value, text.apply(value), value.equals(chosen))));
        if (!chosen.isEmpty() && !values.contains(chosen)) {
            options.add(new Filters.Option(chosen, chosen, true));
        }
        return new Filters.Choice(name, localizer.of("desk.registrations." + name), options);
    }

    private Filters.Choice sort() {
        String chosen = value("sort");
        return new Filters.Choice(
                "sort",
                localizer.of("desk.registrations.sort"),
                Stream.of("newest", "oldest", "need")
                        .map(sort -> new Filters.Option(
                                sort,
                                localizer.of("desk.registrations." + (sort.equals("need") ? "needing" : sort)),
                                sort.equals(chosen)))
                        .toList());
    }

    private Filters.Field field(String name, String type) {
        return new Filters.Field(name, localizer.of("desk.registrations." + name), type, value(name));
    }

    /**
     * How current the desk's index is.
     *
     * @param text the message shown to the reader
     * @param isFresh whether the index is current enough that nothing needs saying
     */
    record IndexState(String text, boolean isFresh) {}

    /**
     * Describes how current the index is.
     *
     * @param asOf business time up to which the index has every change; empty if unknown
     */
    IndexState index(Optional<Instant> asOf) {
        if (asOf.isEmpty()) {
            return new IndexState(localizer.of("desk.registrations.building"), false);
        }
        return Duration.between(asOf.get(), page.now()).compareTo(FRESH) <= 0
                ? new IndexState(localizer.of("desk.registrations.fresh"), true)
                : new IndexState(
                        localizer.of(
                                "desk.registrations.old",
                                page.times().at(asOf.get()).text()),
                        false);
    }

    Table table(Found found) {
        TimeFormat times = page.times();
        Map<String, String> categories =
                names(page.conference().definition().registration().categories(), Category::code, Category::name);
        return new Table(
                localizer.of("desk.registrations.title"),
                Stream.of("reference", "name", "attendees", "status", "total", "payment", "need", "at")
                        .map(column ->
                                new Table.Column(localizer.of("desk.registrations." + column), column.equals("total")))
                        .toList(),
                found.items().stream().map(item -> row(item, categories, times)).toList());
    }

    private List<Table.Cell> row(RegistrationItem item, Map<String, String> categories, TimeFormat times) {
        return List.of(
                new Table.Cell(item.reference(), path() + "/" + item.id(), Tone.NEUTRAL),
                new Table.Cell(item.contact().name()),
                new Table.Cell(attendees(item.attendees(), categories)),
                new Table.Cell(status(item.status().wireName()), null, DeskTones.of(item.status())),
                new Table.Cell(localizer.money(item.total())),
                new Table.Cell(payment(item)),
                new Table.Cell(
                        item.needs().stream().map(this::need).collect(Collectors.joining(", ")),
                        null,
                        item.needs().isEmpty() ? Tone.NEUTRAL : Tone.WAIT),
                new Table.Cell(times.inTable(item.createdAt())));
    }

    /** Summarises how many attendees there are of each category. */
    private static String attendees(List<ItemAttendee> attendees, Map<String, String> categories) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        attendees.forEach(one -> counts.merge(one.category(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + "\u00a0× " + categories.getOrDefault(entry.getKey(), entry.getKey()))
                .collect(Collectors.joining(", "));
    }

    private String status(String status) {
        return text("desk.status.", status);
    }

    private String payment(String payment) {
        return text("desk.payment.", payment);
    }

    /** Translates the state of a payment, with what was received so far if that is only a part. */
    private String payment(RegistrationItem item) {
        if (item.total().amount() == 0) {
            return localizer.of("desk.payment.nothing");
        }
        return item.paidInPart().amount() > 0
                ? localizer.of("desk.payment.part-of", localizer.money(item.paidInPart()))
                : payment(item.payment().status());
    }

    private String need(String need) {
        return text("desk.need.", need);
    }

    /** Translates a wire name; a name without a text stays as it is. */
    private String text(String prefix, String name) {
        return localizer.find(prefix + name).orElse(name);
    }

    Pager pager(Found found) {
        return new Pager(
                localizer.of("desk.registrations.shown", found.items().size()),
                address(BEFORE, found.previous()),
                address(AFTER, found.next()));
    }

    /** Returns the address of the page of this list that begins after, or ends before, a row. */
    private @Nullable String address(String direction, @Nullable Position row) {
        if (row == null) {
            return null;
        }
        UriComponentsBuilder address = UriComponentsBuilder.fromPath(path());
        Map<String, String> values = new HashMap<>();
        PARAMETERS.stream().filter(name -> !value(name).isEmpty()).forEach(name -> {
            address.queryParam(name, "{" + name + "}");
            values.put(name, value(name));
        });
        address.queryParam(direction, "{row}");
        values.put("row", row.encoded());
        return address.encode().buildAndExpand(values).toUriString();
    }

    private String path() {
        return "/desk/" + page.conference().slug() + "/registrations";
    }
}
