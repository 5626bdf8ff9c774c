package org.openingminute.payment.ledger;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.ledger.LedgerDays.DaySum;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Figure;
import org.openingminute.ui.part.Pager;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Table.Cell;
import org.openingminute.ui.part.Tone;
import org.springframework.web.servlet.ModelAndView;

/** Formats the days of a month, with the sums of each day. */
final class DaysOfMonth {

    private static final String MINUS = "\u2212";

    private final KnownConference conference;
    private final DeskTexts texts;

    private DaysOfMonth(KnownConference conference, DeskTexts texts) {
        this.conference = conference;
        this.texts = texts;
    }

    /** Returns the first instant of a month. */
    static Instant begin(YearMonth month, ZoneId zone) {
        return month.atDay(1).atStartOfDay(zone).toInstant();
    }

    /**
     * Builds the page.
     *
     * @param before the previous month with postings; {@code null} for none, as for the next month
     */
    static ModelAndView shown(
            DeskPage page,
            KnownConference conference,
            YearMonth month,
            List<DaySum> days,
            @Nullable YearMonth before,
            @Nullable YearMonth after) {
        DaysOfMonth words = new DaysOfMonth(conference, page.texts());
        String name =
                DateTimeFormatter.ofPattern("LLLL y", page.texts().language()).format(month);
        return page.view("desk-money", page.texts().of("money.title"))
                .addObject("figures", words.figures(days))
                .addObject("table", words.table(name, days))
                .addObject("pager", new Pager(name, words.address(before), words.address(after)));
    }

    private @Nullable String address(@Nullable YearMonth month) {
        return month == null ? null : DeskEntry.MONEY.address(conference.slug()) + "?month=" + month;
    }

    private List<Figure> figures(List<DaySum> days) {
        return Stream.of(
                        figure("captured", days, DaySum::captured),
                        figure("refunded", days, DaySum::refunded),
                        figure("disputed", days, DaySum::disputed))
                .toList();
    }

    private Figure figure(String name, List<DaySum> days, ToLongFunction<DaySum> part) {
        Map<String, Long> sums = new TreeMap<>();
        days.forEach(day -> sums.merge(day.currency(), part.applyAsLong(day), Math::addExact));
        String value = sums.isEmpty()
                ? texts.of("money.none")
                : String.join(
                        ", ",
                        sums.entrySet().stream()
                                .map(sum -> money(sum.getValue(), sum.getKey()))
                                .toList());
        return new Figure(texts.of("money." + name), value, null, Tone.NEUTRAL, null);
    }

    private Table table(String caption, List<DaySum> days) {
        return new Table(
                caption,
                List.of(
                        new Table.Column(texts.of("money.day"), false),
                        new Table.Column(texts.of("money.captured"), true),
                        new Table.Column(texts.of("money.refunded"), true),
                        new Table.Column(texts.of("money.disputed"), true),
                        new Table.Column(texts.of("money.postings"), true),
                        new Table.Column(texts.of("money.workbook"), false)),
                days.stream().map(this::row).toList());
    }

    /** Builds a day's row. It links to the day's postings as a file, through the exports page, which also handles sign-in. */
    private List<Cell> row(DaySum day) {
        return List.of(
                new Cell(
                        DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL)
                                .withLocale(texts.language())
                                .format(day.day()),
                        file("money.csv", day),
                        Tone.NEUTRAL),
                new Cell(money(day.captured(), day.currency())),
                new Cell(money(day.refunded(), day.currency())),
                new Cell(money(day.disputed(), day.currency())),
                new Cell(Long.toString(day.postings())),
                new Cell(texts.of("money.xlsx"), file("money.xlsx", day), Tone.NEUTRAL));
    }

    private String file(String name, DaySum day) {
        return DeskEntry.EXPORTS.address(conference.slug()) + "?file=" + name + "&day=" + day.day();
    }

    private String money(long amount, String currency) {
        String text = texts.money(new Money(Math.abs(amount), currency));
        return amount < 0 ? MINUS + text : text;
    }
}
