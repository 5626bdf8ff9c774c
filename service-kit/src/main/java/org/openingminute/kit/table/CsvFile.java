package org.openingminute.kit.table;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;

/** A CSV file (RFC 4180) in UTF-8. It begins with a byte order mark, because spreadsheets otherwise assume another encoding. */
public final class CsvFile implements TableFile {

    public static final Format FORMAT = new Format() {

        private static final MediaType TYPE = new MediaType("text", "csv", StandardCharsets.UTF_8);

        @Override
        public String ending() {
            return "csv";
        }

        @Override
        public MediaType type() {
            return TYPE;
        }

        @Override
        public TableFile open(OutputStream out, String name) throws IOException {
            return new CsvFile(out);
        }
    };

    private static final byte[] BYTE_ORDER_MARK = "\ufeff".getBytes(StandardCharsets.UTF_8);

    /** Quotes values with characters that spreadsheets in some locales treat as separators; the text after one could begin a formula. */
    private static final QuoteStrategy OTHER_SEPARATORS = new QuoteStrategy() {
        @Override
        public boolean quoteValue(int line, int field, String value) {
            return value.indexOf(';') >= 0 || value.indexOf('\t') >= 0;
        }
    };

    /** Matches after each character that some program treats as the end of a cell or line. */
    private static final Pattern CELL_STARTS = Pattern.compile("(?<=[;\t\n])|(?<=\r)(?!\n)");

    private final CsvWriter writer;

    private CsvFile(OutputStream out) throws IOException {
        out.write(BYTE_ORDER_MARK);
        writer = CsvWriter.builder()
                .lineDelimiter(LineDelimiter.CRLF)
                .quoteStrategy(OTHER_SEPARATORS)
                .build(out, StandardCharsets.UTF_8);
    }

    /**
     * Adds a row.
     *
     * @throws java.io.UncheckedIOException if the client has disconnected
     */
    @Override
    public void row(List<Object> cells) {
        writer.writeRecord(cells.stream().map(CsvFile::escaped).toList());
    }

    /** Escapes every part of a text, because a program with another separator begins a new cell after it, even inside quotes. */
    private static String escaped(Object cell) {
        return cell instanceof String text && CELL_STARTS.matcher(text).find()
                ? CELL_STARTS
                        .splitAsStream(text)
                        .map(part -> part.isBlank() ? part : SpreadsheetCell.escaped(part))
                        .collect(Collectors.joining())
                : cell.toString();
    }

    @Override
    public void flush() throws IOException {
        writer.flush();
    }

    @Override
    public void finish() throws IOException {
        writer.flush();
    }
}
