package org.openingminute.kit.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.Workbook;

class XlsxFileTest {

    @Test
    void workbook_has_another_sheet_where_one_is_full() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        XlsxFile file = new XlsxFile(out, "numbers", 3);
        file.row(List.of("n"));
        for (int i = 1; i <= 7; i++) {
            file.row(List.of(i));
            file.flush();
        }
        file.finish();

        assertThat(Workbook.sheets(out.toByteArray()).stream().map(Workbook::cells))
                .containsExactly(List.of("n", "1", "2", "3"), List.of("n", "4", "5", "6"), List.of("n", "7"));
    }
}
