package org.openingminute.local.observability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openingminute.local.TestSystems;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files about metrics for operators: alerts, dashboards, and the pages on both. */
final class MetricFiles {

    private static final Path PROMETHEUS = TestSystems.CHECKOUT.resolve("deploy/prometheus");
    private static final Path DASHBOARDS = TestSystems.CHECKOUT.resolve("deploy/grafana/dashboards");
    private static final Path DOCS = TestSystems.CHECKOUT.resolve("docs");

    /** The parts of a query other than metric names, once strings are removed: label matchers and groupings, ranges and numbers. */
    private static final Pattern NO_NAME =
            Pattern.compile("\\{[^}]*}|\\[[^]]*]|\\b(by|on|ignoring|without)\\s*\\([^)]*\\)|\\b[0-9.]+e?[0-9]*\\b");

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(?!\\s*\\()\\b(?!\\s*\\()");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");
    private static final Pattern LISTED = Pattern.compile("^\\| `([a-z0-9_]+)", Pattern.MULTILINE);

    private static final Pattern OURS =
            Pattern.compile("(admission|announcements|mails|messaging|payment|registration)_.*");

    private MetricFiles() {}

    /** Whether this project's code exposes the metric. */
    static boolean isOurs(String name) {
        return OURS.matcher(name).matches();
    }

    /** The metric of a name; the parts of a histogram belong to one metric. */
    static String metricOf(String name) {
        return name.replaceFirst("_(bucket|sum|count|max)$", "");
    }

    /** The alerts, each with its {@code alert}, {@code expr}, {@code labels} and {@code annotations}. */
    static List<Map<String, Object>> alerts() {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file =
                new Yaml().load(read(PROMETHEUS.resolve("alerts.yml")));
        return file.getOrDefault("groups", List.of()).stream()
                .flatMap(group -> group.getOrDefault("rules", List.of()).stream())
                .toList();
    }

    /** The tests of the alerts, in the form of {@code promtool}. */
    static List<Map<String, Object>> alertTests() {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(read(PROMETHEUS.resolve("alerts-test.yml")));
        return file.getOrDefault("tests", List.of());
    }

    /** The headings of the page on alerts. */
    static List<String> alertSections() {
        return Pattern.compile("^## (.+)$", Pattern.MULTILINE)
                .matcher(read(DOCS.resolve("alerts.md")))
                .results()
                .map(heading -> heading.group(1))
                .toList();
    }

    /** The dashboards, by file name. */
    static Map<String, JsonNode> dashboards() {
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            JsonMapper json = JsonMapper.builder().build();
            return files.collect(Collectors.toMap(
                    file -> file.getFileName().toString(),
                    file -> json.readTree(read(file)),
                    (one, other) -> one,
                    TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The project's own metrics in the table. */
    static Set<String> listed() {
        return LISTED.matcher(read(DOCS.resolve("metrics.md")))
                .results()
                .map(line -> line.group(1))
                .filter(MetricFiles::isOurs)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The metrics that alerts and dashboards use. */
    static Set<String> used() {
        List<String> queries = new ArrayList<>();
        alerts().forEach(alert -> queries.add(String.valueOf(alert.get("expr"))));
        dashboards().values().forEach(board -> queries.addAll(board.findValuesAsString("expr")));
        Set<String> names = new TreeSet<>();
        queries.forEach(query -> names.addAll(namesIn(query)));
        // Prometheus itself provides this metric.
        names.remove("up");
        return names;
    }

    static Set<String> namesIn(String query) {
        return NAME.matcher(
                        NO_NAME.matcher(query.replaceAll("\"[^\"]*\"", "\"\"")).replaceAll(" "))
                .results()
                .map(MatchResult::group)
                .filter(name -> !OPERATORS.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
