package org.openingminute.local.desk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.postgresql.PGConnection;

/**
 * A file that the desk exports. PostgreSQL parses CSV files; this class parses a workbook's parts as XML, without a spreadsheet program.
 */
enum ExportFile {
    REGISTRATIONS_CSV("registrations.csv", "select count(*) from registration where conference = ?"),
    REGISTRATIONS_XLSX("registrations.xlsx", REGISTRATIONS_CSV.counted),
    ATTENDEES_CSV(
            "attendees.csv",
            "select sum(json_array_length(document -> 'attendees')) from registration where conference = ?"),
    BADGES_CSV("badges.csv", ATTENDEES_CSV.counted + " and status = 'confirmed'");

    private final String path;
    private final String counted;

    ExportFile(String path, String counted) {
        this.path = path;
        this.counted = counted;
    }

    /** The path below the conference's address. */
    String path() {
        return path;
    }

    /** A statement that counts the expected rows; its parameter is the conference. */
    String counted() {
        return counted;
    }

    /**
     * The contents of a file.
     *
     * @param rows the rows without the heading
     * @param formulas the cells that a spreadsheet would compute
     * @param texts the cells with the text of {@link FilledConference#FORMULA}
     */
    record Content(long rows, long formulas, long texts) {}

    /** @param database a connection whose session may create a table {@code file} */
    Content read(Path file, Connection database) throws IOException, SQLException, XMLStreamException {
        return path.endsWith(".csv") ? csv(file, database) : workbook(file);
    }

    private static Content csv(Path file, Connection database) throws IOException, SQLException {
        try (Statement statement = database.createStatement()) {
            List<String> columns = columns(file);
            statement.execute("create temp table file (" + String.join(" text, ", columns) + " text)");
            try (InputStream in = Files.newInputStream(file)) {
                database.unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy file from stdin (format csv, header)", in);
            }
            try (ResultSet found =
                    statement.executeQuery("""
                    select (select count(*) from file), count(*) filter (where starts_with(cell, '=')),
                           count(*) filter (where starts_with(cell, '''%s'))
                      from file cross join unnest(array[%s]) as cell
                    """.formatted(FilledConference.FORMULA, String.join(", ", columns)))) {
                found.next();
                return new Content(found.getLong(1), found.getLong(2), found.getLong(3));
            }
        }
    }

    /** A name for each column. PostgreSQL rejects a file whose rows have another number of columns. */
    private static List<String> columns(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return IntStream.range(0, lines.findFirst().orElseThrow().split(",").length)
                    .mapToObj(number -> "c" + number)
                    .toList();
        }
    }

    private static Content workbook(Path file) throws IOException, XMLStreamException {
        Counter counter = new Counter();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            List<? extends ZipEntry> sheets = Collections.list(zip.entries()).stream()
                    .filter(entry -> entry.getName().startsWith("xl/worksheets/"))
                    .toList();
            for (ZipEntry sheet : sheets) {
                try (InputStream in = zip.getInputStream(sheet)) {
                    sheet(in, counter);
                }
                counter.rows--;
            }
        }
        return counter.content();
    }

    private static void sheet(InputStream in, Counter counter) throws XMLStreamException {
        XMLStreamReader xml = XMLInputFactory.newFactory().createXMLStreamReader(in);
        boolean inline = false;
        while (xml.hasNext()) {
            if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                switch (xml.getLocalName()) {
                    case "row" -> counter.rows++;
                    case "f" -> counter.formulas++;
                    case "c" -> inline = "inlineStr".equals(xml.getAttributeValue(null, "t"));
                    case "t" -> counter.cell(inline ? xml.getElementText() : "=" + xml.getElementText());
                    default -> {
                        // Other elements are neither rows nor contents of cells.
                    }
                }
            }
        }
        xml.close();
    }

    private static final class Counter {

        private long rows;
        private long formulas;
        private long texts;

        private void cell(String text) {
            if (text.startsWith("=")) {
                formulas++;
            } else if (text.startsWith("'" + FilledConference.FORMULA)) {
                texts++;
            }
        }

        private Content content() {
            return new Content(rows, formulas, texts);
        }
    }
}
