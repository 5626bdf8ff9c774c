package org.openingminute.ui;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.desk.DeskReader;
import org.openingminute.ui.desk.DeskView;
import org.openingminute.ui.desk.ResubmittableForm;
import org.openingminute.ui.part.Chart;
import org.openingminute.ui.part.Choice;
import org.openingminute.ui.part.Event;
import org.openingminute.ui.part.Figure;
import org.openingminute.ui.part.Filters;
import org.openingminute.ui.part.Link;
import org.openingminute.ui.part.Pager;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Tone;

/**
 * The model of the gallery, a page that shows every fragment in every state with sample data. The template is {@code ui/design}; the texts
 * are {@code ui/texts} and {@code ui/design}.
 */
public final class Gallery {

    /** The page's path. */
    public static final String PATH = "/design";

    public static final String TEMPLATE = "ui/design";

    private static final ResourceBundle.Control NO_OTHER_LANGUAGE =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

    private static final List<String> NAMES = List.of(
            "Ada Lovelace",
            "Grace Hopper",
            "Katherine Johnson",
            "Emmy Noether",
            "Sofja Kowalewskaja",
            "Annie Easley",
            "李四",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft");
    private static final Tone[] TONES = Tone.values();

    /** The roles' names in staff tokens. */
    private static final List<String> ROLES = List.of("organiser", "finance", "check-in", "operator");

    private Gallery() {}

    /** The parts of the page that are replaced without reloading it. */
    public enum Part {
        /** The list, replaced while the reader types. */
        LIST(TEMPLATE, "sample"),
        /** The part that the page polls by itself. */
        ASKED("ui/parts", "timeline");

        private final String template;
        private final String fragment;

        Part(String template, String fragment) {
            this.template = template;
            this.fragment = fragment;
        }

        public String template() {
            return template;
        }

        public String fragment() {
            return fragment;
        }
    }

    /**
     * The model of the page.
     *
     * @param query the search text, applied to the samples
     */
    public static Map<String, Object> model(Locale language, String query) {
        ResourceBundle words = ResourceBundle.getBundle("ui/design", language, NO_OTHER_LANGUAGE);
        return Map.ofEntries(
                Map.entry(
                        "links",
                        List.of(
                                new Link(PATH, words.getString("design.title"), true),
                                new Link("/", words.getString("design.other")))),
                Map.entry("figures", figures(words)),
                Map.entry("desks", desks(words, language)),
                Map.entry("filters", filters(words, query)),
                Map.entry("folded", List.of(folded(words, "folded", ""), folded(words, "narrowed", "2026-02-02"))),
                Map.entry("table", table(words, query)),
                Map.entry("pager", new Pager("1–8 / 1,204", null, PATH + "?q=a")),
                Map.entry("lastPage", new Pager("1,201–1,204 / 1,204", PATH, null)),
                Map.entry("chart", chart(words)),
                Map.entry("noChart", new Chart(words.getString("design.chart"), "", "", List.of())),
                Map.entry("events", events(words)),
                Map.entry("errors", List.of(new Link("#sample-wrong", words.getString("design.problem")))),
                Map.entry("choices", choices(words)),
                Map.entry("kept", kept(language)),
                Map.entry("tones", List.of(TONES)));
    }

    private static List<Figure> figures(ResourceBundle words) {
        return Stream.of(TONES)
                .map(tone -> new Figure(
                        words.getString("design.tone." + tone.style()),
                        "1,204",
                        tone == Tone.NEUTRAL ? null : words.getString("design.since"),
                        tone,
                        tone == Tone.BAD ? PATH : null))
                .toList();
    }

    private static List<Choice> choices(ResourceBundle words) {
        return Stream.of(TONES)
                .map(tone -> new Choice(tone.style(), words.getString("design.tone." + tone.style())))
                .toList();
    }

    /** The navigation that each role sees; each reader bears the name of the role. */
    private static List<DeskView> desks(ResourceBundle words, Locale language) {
        return ROLES.stream()
                .map(role -> new DeskReader(words.getString("design.role." + role), Set.of(role)))
                .map(reader -> DeskView.of(reader, "mlsys-2026", "MLSys 2026", DeskEntry.OVERVIEW, language))
                .toList();
    }

    /** A sample form that does something harmless when submitted: it selects the language of the page. */
    private static ResubmittableForm kept(Locale language) {
        return ResubmittableForm.of("/language", Map.of("language", new String[] {language.getLanguage()}));
    }

    private static Filters filters(ResourceBundle words, String query) {
        return new Filters(PATH, "sample", query, List.of(tones(words)), List.of(from(words, "")));
    }

    /** Enough filters that they are collapsed, unless one of them narrows the list. */
    private static Filters folded(ResourceBundle words, String target, String from) {
        return new Filters(
                PATH,
                target,
                "",
                List.of(tones(words)),
                List.of(
                        new Filters.Field("name", words.getString("design.name"), "text", ""),
                        new Filters.Field("number", words.getString("design.number"), "text", ""),
                        from(words, from)));
    }

    private static Filters.Choice tones(ResourceBundle words) {
        List<Filters.Option> options = Stream.of(TONES)
                .map(tone -> new Filters.Option(tone.style(), words.getString("design.tone." + tone.style()), false))
                .toList();
        return new Filters.Choice("tone", words.getString("design.state"), options);
    }

    private static Filters.Field from(ResourceBundle words, String value) {
        return new Filters.Field("from", words.getString("design.from"), "date", value);
    }

    private static Table table(ResourceBundle words, String query) {
        String searched = query.strip().toLowerCase(Locale.ROOT);
        List<Table.Column> columns = List.of(
                new Table.Column(words.getString("design.name"), false, PATH + "?sort=-name", Table.Order.ASCENDING),
                new Table.Column(words.getString("design.state"), false),
                new Table.Column(words.getString("design.number"), true, PATH + "?sort=number", Table.Order.NONE));
        List<List<Table.Cell>> rows = NAMES.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).contains(searched))
                .map(name -> row(name, TONES[NAMES.indexOf(name) % TONES.length], words))
                .toList();
        return new Table(words.getString("design.list"), columns, rows);
    }

    private static List<Table.Cell> row(String name, Tone tone, ResourceBundle words) {
        return List.of(
                new Table.Cell(name, PATH, Tone.NEUTRAL),
                new Table.Cell(words.getString("design.tone." + tone.style()), null, tone),
                new Table.Cell(Integer.toString(name.length())));
    }

    private static Chart chart(ResourceBundle words) {
        long[] values = {0, 3, 41, 87, 64, 22, 9, 4, 12, 30, 18, 7};
        return new Chart(
                words.getString("design.chart"),
                words.getString("design.minute"),
                words.getString("design.number"),
                IntStream.range(0, values.length)
                        .mapToObj(i -> new Chart.Point("9:%02d".formatted(i), values[i], Long.toString(values[i])))
                        .toList());
    }

    private static List<Event> events(ResourceBundle words) {
        return List.of(
                new Event("2026-02-02T17:00:00Z", "17:00", words.getString("design.event"), null),
                new Event(
                        "2026-02-02T17:18:00Z",
                        "17:18",
                        words.getString("design.event"),
                        words.getString("design.since")));
    }
}
