package org.openingminute.registration.transfers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;

/** Proves that bank statements of various formats are read, without Spring. */
class BankFileTest {

    private static final String GERMAN = """
            Kontoauszug;;
            Tag;Zahler;Betrag
            03.02.2026;Jürgen Weiß;950,00
            04.02.2026;"Weiß; Söhne";"1.950,00"
            """;

    static Stream<Arguments> encodings() {
        return Stream.of(
                Arguments.of("UTF-8", GERMAN.getBytes(StandardCharsets.UTF_8)),
                Arguments.of("UTF-8 with its mark", marked(GERMAN, StandardCharsets.UTF_8)),
                Arguments.of("UTF-16LE", marked(GERMAN, StandardCharsets.UTF_16LE)),
                Arguments.of("UTF-16BE", marked(GERMAN, StandardCharsets.UTF_16BE)),
                Arguments.of("Windows", GERMAN.getBytes(Charset.forName("windows-1252"))));
    }

    private static byte[] marked(String text, Charset charset) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("\ufeff" + text).getBytes(charset));
        return bytes.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encodings")
    void file_is_read_in_each_encoding(String name, byte[] bytes) {
        BankFile file = BankFile.read(bytes);

        assertThat(file.header()).containsExactly("Tag", "Zahler", "Betrag");
        assertThat(file.rows())
                .containsExactly(
                        List.of("03.02.2026", "Jürgen Weiß", "950,00"),
                        List.of("04.02.2026", "Weiß; Söhne", "1.950,00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {";", ",", "\t"})
    void separator_is_recognised(String separator) {
        BankFile file =
                BankFile.read("day;payer;amount\n2026-02-03;Ada;9.50\n2026-02-04;Grace;1.00\n".replace(";", separator));

        assertThat(file.header()).containsExactly("day", "payer", "amount");
        assertThat(file.rows()).hasSize(2);
    }

    @Test
    void what_is_no_table_is_refused() {
        for (byte[] bytes : List.of(
                new byte[] {'P', 'K', 3, 4, 0, 0},
                "one\ntwo\nthree".getBytes(StandardCharsets.UTF_8),
                "a;b\n1;\"2".getBytes(StandardCharsets.UTF_16LE),
                new byte[] {(byte) 0xfe, (byte) 0xff, 0})) {
            assertRefused(bytes, "not-csv");
        }
        assertRefused(" \n ".getBytes(StandardCharsets.UTF_8), "no-file");
    }

    @Test
    void lines_are_bounded() {
        assertThat(BankFile.read("a;b\n" + "1;2\n".repeat(500)).rows()).hasSize(500);
        assertRefused(("a;b\n" + "1;2\n".repeat(501)).getBytes(StandardCharsets.UTF_8), "too-many-lines");
        assertRefused(("a;b\n" + "1;2\n".repeat(100_000)).getBytes(StandardCharsets.UTF_8), "too-many-lines");
    }

    private static void assertRefused(byte[] bytes, String code) {
        assertThatThrownBy(() -> BankFile.read(bytes))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused ->
                                assertThat(refused.errors().getFirst().code()).isEqualTo(code));
    }

    @Test
    void columns_are_guessed_by_what_they_hold_and_remembered_for_the_same_header() {
        BankFile file = BankFile.read(GERMAN);
        BankColumns guessed = new BankColumnGuess(file).columns("EUR");

        assertThat(guessed.fields())
                .containsEntry("amount", "2")
                .containsEntry("day", "0")
                .containsEntry("payer", "1");
        assertThat(BankColumns.recalled(guessed.remembered(file), file)).contains(guessed);
        assertThat(BankColumns.recalled(guessed.remembered(file), BankFile.read("a;b;c\n1;2;3\n")))
                .isEmpty();
        for (String cookie : new String[] {null, "", "x", guessed.remembered(file) + "9.9"}) {
            assertThat(BankColumns.recalled(cookie, file)).as(cookie).isEmpty();
        }
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("""
                        Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung
                        03.02.2026;Universität zu einer langen Stadt;ML26;950,00;EUR
                        """, List.of("3", "0", "1", "2", "", "4")),
                Arguments.of("""
                        Description,Payer,Date,Amount,Currency,Transaction ID
                        ML26,University of a Long Name,02/03/2026,950.00,EUR,20260203-1
                        ML27,Ada,02/03/2026,12.00,EUR,20260203-2
                        """, List.of("3", "2", "1", "0", "5", "4")),
                Arguments.of("""
                        Auftragskonto;Buchungstag;Buchungstext;Verwendungszweck;Zahlungspflichtiger;IBAN;Saldo;Betrag (€);Referenz
                        DE12;03.02.26;GUTSCHRIFT;ML26-7K3F90;Ada;DE13;1.000,00;950,00;A-1
                        DE12;03.02.26;GUTSCHRIFT;Miete;Grace;DE14;50,00;-950,00;A-1
                        """, List.of("7", "1", "4", "3", "", "")),
                Arguments.of("""
                        Date,Counter Party,Reference,Type,Amount (GBP)
                        03/02/2026,Ada,conference fee,FASTER PAYMENT,950.00
                        04/02/2026,Grace,ML26-7K3F90,FASTER PAYMENT,12.00
                        """, List.of("4", "0", "1", "2", "", "")),
                Arguments.of("""
                        Id,Date,Payer,Description,Amount
                        1,03/02/2026,Ada,ML26-7K3F90,950.00
                        2,04/02/2026,Grace,ML26-7K3F91,950.00
                        """, List.of("4", "1", "2", "3", "", "")),
                Arguments.of("""
                        Date,Payer,Description,Amount,Transaction reference
                        03/02/2026,Ada,ML26-7K3F90,950.00,conference fee
                        """, List.of("3", "0", "1", "2", "", "")),
                Arguments.of("""
                        one;two;three;four
                        EUR;950,00;03.02.2026;Ada Lovelace
                        """, List.of("1", "2", "", "3", "", "0")));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void columns_are_guessed_by_their_headers_first(String csv, List<String> columns) {
        Map<String, String> fields =
                new BankColumnGuess(BankFile.read(csv)).columns("USD").fields();

        assertThat(BankColumns.NAMES.stream().map(fields::get)).containsExactlyElementsOf(columns);
    }

    @Test
    void amount_and_something_of_the_payer_have_to_be_chosen() {
        BankFile file = BankFile.read(GERMAN);

        assertThat(BankColumns.chosen(Map.of("amount", "2", "payer", "1"), file))
                .isPresent();
        assertThat(BankColumns.chosen(Map.of("amount", "2"), file)).isEmpty();
        assertThat(BankColumns.chosen(Map.of("payer", "1"), file)).isEmpty();
        assertThat(BankColumns.chosen(Map.of("amount", "3", "payer", "1"), file))
                .isEmpty();
    }
}
