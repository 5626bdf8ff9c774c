package org.openingminute.kit.table;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * An Excel workbook. Texts are stored inline in their cells: a shared string table would have to be kept in memory until the end of the
 * file.
 */
public final class XlsxFile implements TableFile {

    public static final Format FORMAT = new Format() {

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

    /** Excel allows 1,048,576 rows in a sheet. */
    private static final int ROWS_OF_A_SHEET = 1_000_000;

    private static final String APPLICATION = "Opening Minute";

    private final Workbook workbook;
    private final String name;
    private final int rowsOfASheet;
    private @Nullable Worksheet sheet;
    private List<Object> columns = List.of();
    /** Rows of the current sheet, including its headings. */
    private int rows;

    /** @param rowsOfASheet the most rows in one sheet, headings excluded */
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
