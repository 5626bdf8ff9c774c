package org.openingminute.registration.deskpages;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.FormatStyle;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.conferences.AvailabilityView;
import org.openingminute.registration.conferences.AvailabilityView.CategoryLeft;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.conferences.StatisticsReader.CategoryStatistics;
import org.openingminute.registration.conferences.StatisticsReader.Statistics;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.desk.DeskFigures.SeriesItem;
import org.openingminute.registration.desk.DeskFigures.Step;
import org.openingminute.registration.desk.DeskFigures.WaitingNeed;
import org.openingminute.registration.deskpages.OverviewCounts.Counts;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Money;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Chart;
import org.openingminute.ui.part.Figure;
import org.openingminute.ui.part.Link;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Tone;
import org.springframework.stereotype.Component;

/** Builds the content of an overview from counts whose cost does not grow with the number of registrations. */
@Component
class OverviewPages {

    private final OverviewCounts overviews;
    private final Conferences conferences;

    OverviewPages(OverviewCounts overviews, Conferences conferences) {
        this.overviews = overviews;
        this.conferences = conferences;
    }

    /**
     * The content of an overview.
     *
     * @param address from which the overview reloads itself
     * @param wall address of the same overview for a wall screen
     * @param figures seats and money
     * @param needs a row for each kind of waiting task; {@code null} if there is none
     * @param steps links to the same overview with another step
     * @param asOf the time up to which every change is included; {@code null} if unknown
     */
    record Overview(
            String address,
            String wall,
            SaleNow sale,
            List<Figure> figures,
            @Nullable Table needs,
            List<Link> steps,
            List<Chart> charts,
            Table prices,
            @Nullable String asOf) {}

    /**
     * The state of the sale.
     *
     * @param detail the current phase and its end, or the message shown while it is paused; {@code null} for neither
     */
    record SaleNow(String text, Tone tone, @Nullable String detail, boolean paused) {}

    /** Builds the overview of a page's conference. A part that reloads itself may have counts that are one second old. */
    Overview of(DeskPage page, Step step, boolean wall) {
        Conference conference = page.conference();
        String address = DeskEntry.OVERVIEW.address(conference.slug());
        AvailabilityView availability = conferences.availability(conference.slug());
        Counts counts = page.isPart() ? overviews.recent(conference, step) : overviews.now(conference, step);
        return new Overview(
                address + "?step=" + step.wireName() + (wall ? "&wall" : ""),
                address + "?wall&step=" + step.wireName(),
                sale(page, availability),
                figures(counts.seats(), conference, page.localizer()),
                needs(page, counts.needs(), counts.at()),
                Stream.of(Step.values())
                        .map(other -> new Link(
                                address + "?step=" + other.wireName(),
                                page.localizer().of("desk.overview.by." + other.wireName()),
                                other == step))
                        .toList(),
                charts(page, step, counts.series()),
                prices(page, availability, counts.seats()),
                counts.asOf()
                        .map(at -> DateTimeFormatter.ofLocalizedTime(FormatStyle.MEDIUM)
                                .withLocale(page.localizer().locale())
                                .format(at.atZone(conference.definition().timeZone())))
                        .orElse(null));
    }

    /** Combines the conference's current state with availability, which is cached for a second: the current state wins. */
    private static SaleNow sale(DeskPage page, AvailabilityView availability) {
        Localizer localizer = page.localizer();
        boolean paused = !page.conference().open();
        String state = switch (availability.state()) {
            case "paused" -> paused ? "paused" : "open";
            case "open", "sold-out" -> paused ? "paused" : availability.state();
            default -> availability.state();
        };
        Tone tone = switch (state) {
            case "open" -> Tone.GOOD;
            case "paused" -> Tone.BAD;
            default -> Tone.WAIT;
        };
        AvailabilityView.@Nullable PhaseNow phase = availability.phase();
        @Nullable
        String detail = paused
                ? page.conference().saleMessage()
                : phase == null
                        ? null
                        : localizer.of(
                                "desk.overview.phase",
                                phase.name(),
                                page.times().deadline(phase.until()).text());
        return new SaleNow(localizer.of("desk.sale." + state), tone, detail, paused);
    }

    private static List<Figure> figures(Statistics counts, Conference conference, Localizer localizer) {
        NumberFormat number = NumberFormat.getIntegerInstance(localizer.locale());
        int unseated = conference.definition().registration().categories().stream()
                .filter(category -> !category.countsAgainstCapacity())
                .flatMap(category -> counts.byCategory().stream()
                        .filter(counted -> counted.code().equals(category.code())))
                .mapToInt(CategoryStatistics::confirmed)
                .sum();
        String capacity = number.format(counts.capacity());
        return List.of(
                new Figure(
                        localizer.of("desk.overview.confirmed"),
                        number.format(counts.confirmed()),
                        unseated == 0
                                ? localizer.of("desk.overview.of-seats", capacity)
                                : localizer.of("desk.overview.of-seats-plus", capacity, number.format(unseated)),
                        Tone.GOOD,
                        null),
                new Figure(
                        localizer.of("desk.overview.held"),
                        number.format(counts.held()),
                        localizer.of("desk.overview.held-hint"),
                        Tone.WAIT,
                        null),
                new Figure(
                        localizer.of("desk.overview.free"),
                        number.format(counts.free()),
                        null,
                        counts.free() > 0 ? Tone.NEUTRAL : Tone.BAD,
                        null),
                new Figure(
                        localizer.of("desk.overview.captured"),
                        localizer.money(counts.revenue()),
                        null,
                        Tone.NEUTRAL,
                        null),
                new Figure(
                        localizer.of("desk.overview.refunded"),
                        localizer.money(counts.refunded()),
                        null,
                        Tone.NEUTRAL,
                        null));
    }

    private static @Nullable Table needs(DeskPage page, List<WaitingNeed> waiting, Instant now) {
        Localizer localizer = page.localizer();
        NumberFormat number = NumberFormat.getIntegerInstance(localizer.locale());
        return waiting.isEmpty()
                ? null
                : new Table(
                        localizer.of("desk.overview.needs-caption"),
                        List.of(
                                new Table.Column(localizer.of("desk.needs.what"), false),
                                new Table.Column(localizer.of("desk.needs.count"), true),
                                new Table.Column(localizer.of("desk.needs.age"), false),
                                new Table.Column(localizer.of("desk.needs.due"), false)),
                        waiting.stream()
                                .map(need -> List.of(
                                        new Table.Cell(
                                                localizer.of("desk.needs.kind." + need.kind()),
                                                NeedsController.list(page, need.kind()),
                                                Tone.NEUTRAL),
                                        new Table.Cell(number.format(need.count())),
                                        NeedsController.age(need.oldestAt(), now, localizer),
                                        NeedsController.due(need.dueAt(), now, page.times())))
                                .toList());
    }

    private static List<Chart> charts(DeskPage page, Step step, List<SeriesItem> series) {
        Localizer localizer = page.localizer();
        Function<Instant, String> label =
                label(step, page.conference().definition().timeZone(), localizer.locale());
        String of = localizer.of("desk.overview.step." + step.wireName());
        Currency currency = Currency.getInstance(
                page.conference().definition().registration().currency());
        NumberFormat number = NumberFormat.getIntegerInstance(localizer.locale());
        return List.of(
                new Chart(
                        localizer.of("desk.overview.registered." + step.wireName()),
                        of,
                        localizer.of("desk.overview.registrations"),
                        series.stream()
                                .map(item -> new Chart.Point(
                                        label.apply(item.at()),
                                        Math.max(0, item.registered()),
                                        number.format(item.registered())))
                                .toList()),
                new Chart(
                        localizer.of("desk.overview.money." + step.wireName(), currency.getCurrencyCode()),
                        of,
                        localizer.of("desk.overview.captured"),
                        series.stream()
                                .map(item -> new Chart.Point(
                                        label.apply(item.at()),
                                        whole(item.captured(), currency),
                                        localizer.money(item.captured())))
                                .toList()));
    }

    /** Rounds an amount down to whole currency units for the axis of a chart; negative amounts become zero. */
    private static long whole(Money money, Currency currency) {
        return Math.max(
                0,
                BigDecimal.valueOf(money.amount(), currency.getDefaultFractionDigits())
                        .setScale(0, RoundingMode.DOWN)
                        .longValueExact());
    }

    private static Function<Instant, String> label(Step step, ZoneId zone, Locale language) {
        DateTimeFormatter format = switch (step) {
            case MINUTE -> DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT);
            case HOUR ->
                new DateTimeFormatterBuilder()
                        .appendPattern("EEE ")
                        .appendLocalized("j")
                        .toFormatter(language);
            case DAY -> DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM);
        };
        DateTimeFormatter there = format.withLocale(language).withZone(zone);
        return there::format;
    }

    private static Table prices(DeskPage page, AvailabilityView availability, Statistics counts) {
        Localizer localizer = page.localizer();
        NumberFormat number = NumberFormat.getIntegerInstance(localizer.locale());
        Map<String, String> names = page.conference().definition().registration().categories().stream()
                .collect(Collectors.toMap(Category::code, Category::name));
        Map<String, CategoryLeft> left = new HashMap<>();
        availability.categories().forEach(category -> left.put(category.code(), category));
        return new Table(
                localizer.of("desk.overview.prices-caption"),
                List.of(
                        new Table.Column(localizer.of("desk.overview.category"), false),
                        new Table.Column(localizer.of("desk.overview.price"), true),
                        new Table.Column(localizer.of("desk.overview.left"), false),
                        new Table.Column(localizer.of("desk.overview.confirmed"), true),
                        new Table.Column(localizer.of("desk.overview.held"), true),
                        new Table.Column(localizer.of("desk.overview.quota"), true)),
                counts.byCategory().stream()
                        .map(category -> row(category, names, left.get(category.code()), localizer, number))
                        .toList());
    }

    private static List<Table.Cell> row(
            CategoryStatistics category,
            Map<String, String> names,
            @Nullable CategoryLeft left,
            Localizer localizer,
            NumberFormat number) {
        return List.of(
                new Table.Cell(names.getOrDefault(category.code(), category.code())),
                new Table.Cell(left == null || left.price() == null ? "–" : localizer.money(left.price())),
                new Table.Cell(left == null ? "–" : localizer.of("left." + left.left())),
                new Table.Cell(number.format(category.confirmed())),
                new Table.Cell(number.format(category.held())),
                new Table.Cell(category.quota() == null ? "–" : number.format(category.quota())));
    }
}
