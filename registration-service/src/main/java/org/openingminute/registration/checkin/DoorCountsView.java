package org.openingminute.registration.checkin;

import java.text.NumberFormat;
import java.util.List;
import org.openingminute.registration.checkin.DoorCounter.DoorCounts;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.ui.part.Figure;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Table.Cell;
import org.openingminute.ui.part.Table.Column;
import org.openingminute.ui.part.Tone;

/** The counts of arrivals, formatted for a page. */
record DoorCountsView(List<Figure> figures, Table gates, Table categories) {

    static DoorCountsView of(DoorCounts counts, DeskPage page) {
        Localizer localizer = page.localizer();
        SaleTerms terms = page.conference().definition().registration();
        NumberFormat numbers = NumberFormat.getIntegerInstance(localizer.locale());
        Table gates = new Table(
                localizer.of("door.by-gate"),
                List.of(new Column(localizer.of("door.gate"), false), new Column(localizer.of("door.came"), true)),
                counts.byGate().stream()
                        .map(gate -> List.of(new Cell(gate.gate()), new Cell(numbers.format(gate.in()))))
                        .toList());
        Table categories = new Table(
                localizer.of("door.by-category"),
                List.of(
                        new Column(localizer.of("door.category"), false),
                        new Column(localizer.of("door.came"), true),
                        new Column(localizer.of("door.expected"), true)),
                counts.byCategory().stream()
                        .map(category -> List.of(
                                new Cell(Verdict.category(category.code(), terms)),
                                new Cell(numbers.format(category.in())),
                                new Cell(numbers.format(category.expected()))))
                        .toList());
        Figure came = new Figure(
                localizer.of("door.came"),
                numbers.format(counts.in()),
                localizer.of("door.of-expected", counts.expected()),
                Tone.NEUTRAL,
                null);
        return new DoorCountsView(List.of(came), gates, categories);
    }
}
