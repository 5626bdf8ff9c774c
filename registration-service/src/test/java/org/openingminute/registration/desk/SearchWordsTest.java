package org.openingminute.registration.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Registration;

/** Proves which words a row is found by and how a query is built, without a database. */
class SearchWordsTest {

    @ParameterizedTest
    @CsvSource({
        "Ada, Lovelace, ada",
        "Ada, Lovelace, LOVE",
        "Ada, Lovelace, adalove",
        "Ada, Lovelace, lovelaceada",
        "Jürgen, Weiß, jurgen",
        "Jürgen, Weiß, juergen",
        "Jürgen, Weiß, weiss",
        "Søren, Æbeltoft, aeb",
        "Łukasz, Nowak, lukasz",
        "Jean-Luc, O'Brien, obr",
        "Jean-Luc, O'Brien, jean-l",
        "Bo, Li, li",
        "伟, 王, 王伟",
        "伟, 王, 王",
        "明伟, 王, 伟",
        "Ｗｉｄｅ, Name, wide",
        "Ada, Lovelace, ada.l",
        "Ada, Lovelace, ada.lovelace@cs.ex",
        "Ada, Lovelace, cs.example",
        "Ada, Lovelace, example.org",
        "Ada, Lovelace, ML26-7K3F9Q",
        "Ada, Lovelace, ml267k3",
        "Ada, Lovelace, 7k3f",
        "Ada, Lovelace, engines",
        "Ada, Lovelace, royal",
        "Ada, Lovelace, po-17",
        "Ada, Lovelace, PO17",
        "Ada, Halle-Wittenberg, Halle-Wit",
        "Ada, Lovelace, royal/soc",
        "Jean-Luc, O'Brien, luc-o'bri",
        "Ada, Lovelace, @cs.example",
        "Ada, Lovelace, <ada.lovelace@cs.example.org>"
    })
    void each_word_finds_by_its_beginning(String given, String family, String searched) {
        Set<String> words = SearchWords.of(registration(given, family));

        assertThat(matches(words, searched)).as("%s in %s", searched, words).isTrue();
        assertThat(matches(words, searched + "x")).as("%sx", searched).isFalse();
    }

    @Test
    void choices_are_found_by_no_search() {
        IndexEntry entry = IndexEntry.of(registration("Ada", "Lovelace"), null, List.of(), List.of());

        assertThat(entry.words()).contains("STATUS:CONFIRMED", "CATEGORY:ACADEMIC", "PHASE:EARLY", "PAYMENT:AWAITING");
        assertThat(matches(entry.words(), "status:confirmed")).isFalse();
        assertThat(matches(entry.words(), "STATUS:CONFIRMED")).isFalse();
    }

    @Test
    void query_quotes_what_is_typed() {
        assertThat(SearchWords.query("  ", List.of())).isNull();
        assertThat(SearchWords.query("O'Brien \\", List.of(List.of("STATUS:A", "STATUS:B"))))
                .isEqualTo("('STATUS:A' | 'STATUS:B') & ('o''brien':* | 'obrien':* | ('o' & 'brien':*)) & ('\\\\':*)");
        assertThat(SearchWords.query("%\u00a0&", List.of())).isEqualTo("('%':*) & ('&':*)");
        assertThat(SearchWords.query("\u0301", List.of())).isEqualTo("('\u0301')");
    }

    @Test
    void neighbours_are_the_words_that_stand_beside_each_other() {
        assertThat(SearchWords.adjacentWords("LOVELACE, Ada 4711", 10)).isEqualTo("('lovelace' & 'ada')");
        assertThat(SearchWords.adjacentWords("fee O'Brien", 10)).isEqualTo("('fee' & 'o') | ('o' & 'brien')");
        assertThat(SearchWords.adjacentWords("a b c d", 3)).isEqualTo("('a' & 'b') | ('b' & 'c')");
        assertThat(SearchWords.adjacentWords("王伟", 10)).isEqualTo("'王伟'");
        assertThat(SearchWords.adjacentWords("Lovelace 95.00", 10)).isNull();
    }

    @Test
    void parts_of_a_divided_word_are_whole_words_but_for_the_last() {
        Set<String> words = SearchWords.of(registration("Ada", "Halle-Wittenberg"));

        assertThat(matches(words, "Halle-W")).isTrue();
        assertThat(matches(words, "Hal-Wittenberg")).isFalse();
    }

    /** Matches as PostgreSQL does: one alternative of each group must match, and all parts of an alternative. */
    private static boolean matches(Set<String> words, String searched) {
        String query = SearchWords.query(searched, List.of());
        return List.of(query.split("\\) & \\(")).stream()
                .allMatch(group -> List.of(group.replaceAll("[()]", "").split(" \\| ")).stream()
                        .anyMatch(one -> List.of(one.split(" & ")).stream().allMatch(part -> hasWord(words, part))));
    }

    private static boolean hasWord(Set<String> words, String part) {
        boolean isPrefix = part.endsWith(":*");
        String quoted = part.replace(":*", "");
        String wanted = quoted.substring(1, quoted.length() - 1).replace("''", "'");
        return words.stream().anyMatch(word -> isPrefix ? word.startsWith(wanted) : word.equals(wanted));
    }

    private static Registration registration(String given, String family) {
        UUID id = UUID.fromString("019c0000-0000-7000-8000-000000000001");
        return Documents.registration("""
                {"id": "%1$s", "reference": "ML26-7K3F9Q", "conference": "mlsys-2026", "status": "confirmed", "revision": 1,
                 "contact": {"name": "%2$s %3$s", "email": "ada.lovelace@cs.example.org", "locale": "en"}, "contactGeneration": 0,
                 "attendees": [{"id": "%1$s", "category": "academic", "givenName": "%2$s", "familyName": "%3$s",
                                "email": "ada.lovelace@cs.example.org", "affiliation": "Analytical Engines", "addOns": [],
                                "generation": 0}],
                 "price": {"lines": [], "discount": {"amount": 0, "currency": "USD"}, "tax": {"amount": 0, "currency": "USD"},
                           "total": {"amount": 1, "currency": "USD"}, "phase": "early"},
                 "takes": {"amounts": {}, "underReservation": {}}, "hold": {"extended": false, "paymentRevision": 1},
                 "paymentMethod": "card", "invoice": {"organization": "The Royal Society", "purchaseOrder": "PO-17"}, "policy": [],
                 "money": {"captured": {"amount": 0, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                           "status": "awaiting", "byTransfer": false, "refunds": [], "disputeOpen": false},
                 "createdAt": "2026-02-02T17:00:00Z", "changedAt": "2026-02-02T17:00:00Z"}
                """.formatted(id, given, family));
    }
}
