package org.openingminute.registration.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.Row;

/** The diagram in {@code docs/saga.md} is made from the table: run this with {@code -Dsaga.write=true} to make it again. */
class SagaDiagramTest {

    private static final Path FILE = Path.of("..", "docs", "saga.md");

    @Test
    void the_diagram_is_the_table() throws IOException {
        String expected = document();
        if (Boolean.getBoolean("saga.write")) {
            Files.writeString(FILE, expected);
        }
        assertThat(Files.readString(FILE)).isEqualTo(expected);
    }

    private static String document() {
        StringBuilder document = new StringBuilder("""
                # The saga

                Made from `RegistrationLifecycle`; a test holds it against the table. Arrows are changes of state; what
                happens without one is in the table below.

                ```mermaid
                stateDiagram-v2
                """);
        arrows().forEach((arrow, labels) -> document.append("    ")
                .append(arrow)
                .append(": ")
                .append(labels)
                .append('\n'));
        document.append("""
                ```

                | state | trigger | when | then | effects |
                |---|---|---|---|---|
                """);
        for (Row row : RegistrationLifecycle.rows()) {
            document.append(line(row));
        }
        return document.toString();
    }

    private static Map<String, StringJoiner> arrows() {
        Map<String, StringJoiner> arrows = new LinkedHashMap<>();
        for (Row row : RegistrationLifecycle.rows()) {
            if (row.outcome() instanceof Outcome.Move move && move.to() != row.from()) {
                String from = row.from() == null ? "[*]" : id(row.from());
                String label = words(row.trigger());
                StringJoiner labels =
                        arrows.computeIfAbsent(from + " --> " + id(move.to()), key -> new StringJoiner(", "));
                if (!labels.toString().contains(label)) {
                    labels.add(label);
                }
            }
        }
        return arrows;
    }

    private static String line(Row row) {
        String from = row.from() == null ? "" : row.from().wireName();
        String when = row.when() == Circumstance.ALWAYS ? "" : words(row.when());
        return switch (row.outcome()) {
            case Outcome.Move move ->
                "| %s | %s | %s | **%s** | %s |%n"
                        .formatted(
                                from,
                                words(row.trigger()),
                                when,
                                move.to().wireName(),
                                String.join(
                                        ", ",
                                        move.effects().stream()
                                                .map(SagaDiagramTest::words)
                                                .toList()));
            case Outcome.Refuse(String why) ->
                "| %s | %s | %s | refused: %s | |%n".formatted(from, words(row.trigger()), when, why);
            case Outcome.Nothing(String why) ->
                "| %s | %s | %s | nothing: %s | |%n".formatted(from, words(row.trigger()), when, why);
        };
    }

    private static String id(Status status) {
        return status.wireName().replace('-', '_');
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
