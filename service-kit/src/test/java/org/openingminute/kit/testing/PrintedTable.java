package org.openingminute.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table in a file that is meant for readers and checked by a test: the file must equal what the test finds. {@code -Daccess.write=true}
 * writes the file.
 */
public final class PrintedTable {

    private final String introduction;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param introduction the text above the table */
    public PrintedTable(String introduction, List<String> columns) {
        this.introduction = introduction;
        rows.add(columns);
    }

    public void row(List<String> cells) {
        rows.add(cells);
    }

    /** Asserts that a file below the module's {@code src/test/resources} has this content. */
    public void isIn(String name) {
        Path file = Path.of("src/test/resources", name);
        String found = introduction + "\n" + markdown();
        try {
            if (Boolean.getBoolean("access.write")) {
                Files.writeString(file, found);
            }
            assertThat(file)
                    .as("-Daccess.write=true writes it for review")
                    .content()
                    .isEqualTo(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String markdown() {
        List<Integer> widths = IntStream.range(0, rows.getFirst().size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .boxed()
                .toList();
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(IntStream.range(0, row.size())
                .mapToObj(column -> row.get(column)
                        + " ".repeat(widths.get(column) - row.get(column).length()))
                .collect(Collectors.joining(" | ", "| ", " |"))));
        lines.add(1, widths.stream().map("-"::repeat).collect(Collectors.joining(" | ", "| ", " |")));
        return String.join("\n", lines) + "\n";
    }
}
