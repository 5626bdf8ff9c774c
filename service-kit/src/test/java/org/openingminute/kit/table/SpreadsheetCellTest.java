package org.openingminute.kit.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadsheetCellTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "+1",
                "-1+cmd|' /C calc'!A0",
                "@SUM(1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "\uff1d1+1",
                "\uff0b1",
                "\uff0d1",
                "\uff20SUM(1)",
                "\ufe66 1",
                " =1",
                "\u00a0=1",
                "\u200b=1",
                "\ufeff=1"
            })
    void text_that_begins_like_a_formula_is_none(String text) {
        assertThat(SpreadsheetCell.escaped(text)).isEqualTo("'" + text);
        assertThat(SpreadsheetCell.of(text)).isEqualTo("'" + text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "Ada", "1=1", "a-b", "'=1", "\u738b\u4f1f", "\u00c5sa", "\ud83d\ude00", "\ud83d", "#1"})
    void other_text_stays_as_it_is(String text) {
        assertThat(SpreadsheetCell.escaped(text)).isEqualTo(text);
    }

    @Test
    void csv_has_no_formula_behind_any_separator_either() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableFile file = CsvFile.FORMAT.open(out, "people");
        file.row(List.of("Ada;=1+1", "a\t@b", "Room 1\r\n\r\n-2", "a; b", 5));
        file.finish();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("\ufeff\"Ada;'=1+1\",\"a\t'@b\",\"Room 1\r\n\r\n'-2\",\"a; b\",5\r\n");
    }

    @Test
    void number_stays_a_number() {
        assertThat(SpreadsheetCell.of(-5L)).isEqualTo(-5L);
    }

    @Test
    void csv_has_a_mark_lines_of_its_rfc_and_quotes_for_each_separator() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableFile file = CsvFile.FORMAT.open(out, "people");
        file.row(List.of("name", "amount"));
        file.row(List.of("Ada \"the first\", Lovelace", -5L));
        file.row(List.of("a;b", ""));
        file.row(List.of("a\nb", "\u00e4"));
        file.finish();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                \ufeffname,amount\r
                "Ada ""the first"", Lovelace",-5\r
                "a;b",\r
                "a
                b",\u00e4\r
                """);
    }
}
