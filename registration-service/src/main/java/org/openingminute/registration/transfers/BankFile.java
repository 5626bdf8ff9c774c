package org.openingminute.registration.transfers;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.SingleLine;

/**
 * A bank's CSV file with any common separator and encoding. Immutable.
 *
 * @param text the decoded file
 * @param header the first row of the usual width whose cells are at least half filled; rows above it are not part of the table
 * @param rows the rows below the header
 */
record BankFile(String text, List<String> header, List<List<String>> rows) {

    /** The most transfers of a file, because a person checks each of them. */
    static final int MOST_LINES = 500;

    private static final char[] SEPARATORS = {';', '\t', ','};
    private static final int SAMPLE = 30;
    private static final Charset WINDOWS = Charset.forName("windows-1252");

    BankFile {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /**
     * Decodes and parses a file.
     *
     * @throws Problem {@code invalid}, with an error for {@code file}
     */
    static BankFile read(byte[] bytes) {
        return read(decoded(bytes));
    }

    /**
     * Parses a file.
     *
     * @throws Problem {@code invalid}, with an error for {@code file}
     */
    static BankFile read(String text) {
        if (text.isBlank()) {
            throw Problem.invalid("file", "no-file", "is empty");
        }
        if (JsonFields.unwritable(text, true)) {
            throw notCsv();
        }
        long lines = text.lines().filter(line -> !line.isBlank()).count();
        List<List<String>> rows = rows(text, separator(text));
        int width = usualWidth(rows);
        if (width < 2) {
            throw notCsv();
        }
        List<List<String>> table = new ArrayList<>();
        for (List<String> row : rows) {
            if (!table.isEmpty() || isFull(row, width)) {
                table.add(row);
            }
        }
        if (table.isEmpty()) {
            throw notCsv();
        }
        if (table.size() - 1 > MOST_LINES) {
            throw Problem.invalid("file", "too-many-lines", "may have {} lines, and has {}", MOST_LINES, lines);
        }
        return new BankFile(text, table.getFirst(), table.subList(1, table.size()));
    }

    private static boolean isFull(List<String> row, int width) {
        return row.size() == width
                && 2 * row.stream().filter(cell -> !cell.isEmpty()).count() > width;
    }

    private static Problem notCsv() {
        return Problem.invalid("file", "not-csv", "is not a CSV file");
    }

    /** Decodes by the byte order mark; without one as UTF-8 or, if that fails, as windows-1252. */
    private static String decoded(byte[] bytes) {
        Function<Charset, String> decode = charset -> {
            try {
                return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                throw notCsv();
            }
        };
        if (begins(bytes, 0xfe, 0xff) || begins(bytes, 0xff, 0xfe)) {
            return decode.apply(StandardCharsets.UTF_16);
        }
        if (begins(bytes, 0xef, 0xbb, 0xbf)) {
            return decode.apply(StandardCharsets.UTF_8).substring(1);
        }
        try {
            return decode.apply(StandardCharsets.UTF_8);
        } catch (Problem otherEncoding) {
            return decode.apply(WINDOWS);
        }
    }

    private static boolean begins(byte[] bytes, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (bytes.length <= i || (bytes[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    /** Chooses the separator that gives the most rows of the sample the same number of cells; more cells break a tie. */
    private static char separator(String text) {
        String sample = text.lines().limit(SAMPLE).collect(Collectors.joining("\n"));
        char best = SEPARATORS[0];
        long most = 0;
        for (char separator : SEPARATORS) {
            List<List<String>> rows;
            try {
                rows = rows(sample, separator);
            } catch (Problem cutInside) {
                continue;
            }
            int width = usualWidth(rows);
            long score = width < 2
                    ? 0
                    : 100 * rows.stream().filter(row -> row.size() == width).count() + width;
            if (score > most) {
                most = score;
                best = separator;
            }
        }
        return best;
    }

    private static int usualWidth(List<List<String>> rows) {
        return rows.stream().collect(Collectors.groupingBy(List::size, Collectors.counting())).entrySet().stream()
                .max(Map.Entry.<Integer, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse(0);
    }

    private static List<List<String>> rows(String text, char separator) {
        try (var reader = CsvReader.builder()
                .fieldSeparator(separator)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(text)) {
            return reader.stream()
                    .map(CsvRecord::getFields)
                    .map(row -> row.stream().map(SingleLine::of).toList())
                    .filter(row -> row.stream().anyMatch(cell -> !cell.isEmpty()))
                    .toList();
        } catch (CsvParseException | IOException e) {
            throw notCsv();
        }
    }
}
