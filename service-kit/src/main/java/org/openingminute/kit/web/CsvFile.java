package org.openingminute.kit.web;

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

/** CSV as RFC 4180 has it, in UTF-8 with a byte order mark, without which spreadsheets take it for another encoding. */
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

    /** Where people write numbers with commas, spreadsheets end a cell at these; what stands behind one may be a formula. */
    private static final QuoteStrategy OTHER_SEPARATORS = new QuoteStrategy() {
        @Override
        public boolean quoteValue(int line, int field, String value) {
            return value.indexOf(';') >= 0 || value.indexOf('\t') >= 0;
        }
    };

    /** Behind what ends a cell or a line for some program. */
    private static final Pattern ELSEWHERE = Pattern.compile("(?<=[;\t\n])|(?<=\r)(?!\n)");

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
     * @throws java.io.UncheckedIOException if nobody takes it
     */
    @Override
    public void row(List<Object> cells) {
        writer.writeRecord(cells.stream().map(CsvFile::defused).toList());
    }

    /** A program that takes another sign for the separator begins a cell behind it, whatever the quotes say. */
    private static String defused(Object cell) {
        return cell instanceof String text && ELSEWHERE.matcher(text).find()
                ? ELSEWHERE
                        .splitAsStream(text)
                        .map(part -> part.isBlank() ? part : SpreadsheetCell.defused(part))
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
