package org.openingminute.registration.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.Transition;
import org.openingminute.registration.lifecycle.RegistrationLifecycle.TransitionRow;

/** Proves that {@code docs/saga.md} equals the transition table. {@code -Dsaga.write=true} writes it again. */
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

                The life of a registration, generated from `RegistrationLifecycle` by `SagaDiagramTest` (`-Dsaga.write=true`). Each
                arrow is a change of state. The table lists every trigger in every state.

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
        lines(document);
        return document.toString();
    }

    private static Map<String, StringJoiner> arrows() {
        Map<String, StringJoiner> arrows = new LinkedHashMap<>();
        for (TransitionRow row : RegistrationLifecycle.rows()) {
            if (row.outcome() instanceof Transition.Move move && move.to() != row.from()) {
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

    /** Writes one line for all states and conditions with the same outcome. */
    private static void lines(StringBuilder document) {
        Map<List<String>, StringJoiner> conditions = new LinkedHashMap<>();
        for (TransitionRow row : RegistrationLifecycle.rows()) {
            String from = row.from() == null ? "" : row.from().wireName();
            String when = row.when() == Guard.ALWAYS ? "" : words(row.when());
            conditions
                    .computeIfAbsent(List.of(from, words(row.trigger()), outcome(row)), _ -> new StringJoiner(", "))
                    .add(when);
        }
        Map<List<String>, StringJoiner> states = new LinkedHashMap<>();
        conditions.forEach((row, when) -> states.computeIfAbsent(
                        List.of(row.get(1), when.toString(), row.get(2)), _ -> new StringJoiner(", "))
                .add(row.getFirst()));
        states.forEach((row, from) ->
                document.append("| %s | %s | %s | %s |%n".formatted(from, row.getFirst(), row.get(1), row.get(2))));
    }

    private static String outcome(TransitionRow row) {
        return switch (row.outcome()) {
            case Transition.Move move ->
                "%s | %s"
                        .formatted(
                                move.to() == row.from()
                                        ? "stays"
                                        : "**" + move.to().wireName() + "**",
                                move.effects().stream()
                                        .map(SagaDiagramTest::words)
                                        .collect(Collectors.joining(", ")));
            case Transition.Refuse(String why) ->
                "refused: %s |"
                        .formatted(
                                row.from() == null
                                        ? why
                                        : why.replace(
                                                "while it is " + row.from().wireName(), "in this state"));
            case Transition.Nothing(String why) -> "nothing: %s |".formatted(why);
        };
    }

    private static String id(Status status) {
        return status.wireName().replace('-', '_');
    }

    private static String words(Effect effect) {
        return switch (effect) {
            case Effect.Seats(var change) ->
                change == Effect.Seats.Change.HOLD_OFFER ? words(change) : words(change) + " seats";
            case Effect.Hold(var change) ->
                switch (change) {
                    case START, EXTEND, LENGTHEN, END -> words(change) + " hold";
                    case FOR_REVIEW -> "hold for review";
                    case FOR_OFFER -> "start offer hold";
                };
            case Effect.Payment(var command) ->
                words(command) + (command == Effect.Payment.Command.KEEP ? " money" : " payment");
            case Effect.Refund(var extent) -> "refund " + words(extent);
            case Effect.Tickets(var frozen) -> frozen ? "freeze tickets" : "thaw tickets";
            case Effect.Publish(var type) -> "publish " + words(type);
        };
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
