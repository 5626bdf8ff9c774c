package org.openingminute.registration.exports;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.TableFile;
import org.springframework.http.MediaType;

/** A workbook whose texts stand in their cells, since a table of all texts would have to be kept until its end. */
final class XlsxFile implements TableFile {

    static final Format FORMAT = new Format() {

        private static final MediaType TYPE =
                MediaType.parseMediaType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");

        @Override
        public String ending() {
            return "xlsx";
        }

        @Override
        public MediaType type() {
            return TYPE;
        }

        @Override
        public TableFile open(OutputStream out, String name) {
            return new XlsxFile(out, name, ROWS_OF_A_SHEET);
        }
    };

    /** A sheet has room for 1,048,576 rows. */
    private static final int ROWS_OF_A_SHEET = 1_000_000;

    private static final String APPLICATION = "Opening Minute";

    private final Workbook workbook;
    private final String name;
    private final int rowsOfASheet;
    private @Nullable Worksheet sheet;
    private List<Object> columns = List.of();
    /** Of the sheet, with the names of the columns. */
    private int rows;

    /** @param rowsOfASheet beside the names of the columns */
    XlsxFile(OutputStream out, String name, int rowsOfASheet) {
        this.workbook = new Workbook(out, APPLICATION, null);
        this.name = name;
        this.rowsOfASheet = rowsOfASheet;
    }

    @Override
    public void row(List<Object> cells) throws IOException {
        if (sheet == null) {
            columns = cells;
            beginSheet();
        } else {
            if (rows > rowsOfASheet) {
                sheet.finish();
                beginSheet();
            }
            write(sheet, cells);
        }
    }

    private void beginSheet() {
        Worksheet next = workbook.newWorksheet(name);
        next.freezePane(0, 1);
        sheet = next;
        rows = 0;
        write(next, columns);
    }

    private void write(Worksheet to, List<Object> cells) {
        for (int i = 0; i < cells.size(); i++) {
            switch (cells.get(i)) {
                case Number number -> to.value(rows, i, number);
                case String text when text.isEmpty() -> {}
                case Object text -> to.inlineString(rows, i, text.toString());
            }
        }
        rows++;
    }

    @Override
    public void flush() throws IOException {
        if (sheet != null) {
            sheet.flush();
        }
    }

    @Override
    public void finish() throws IOException {
        workbook.finish();
    }
}
