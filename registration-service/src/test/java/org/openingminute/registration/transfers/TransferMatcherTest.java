package org.openingminute.registration.transfers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.transfers.TransferMatcher.Match;
import org.openingminute.registration.transfers.TransferMatcher.Matched;
import org.openingminute.registration.transfers.TransferMatcher.TransferCandidate;

/** Proves how candidates for a bank line are compared and ordered, without a database. */
class TransferMatcherTest {

    private static final Registration ADA = registration("ML26-7K3F90", "Ada Lovelace", "pending-payment", "[]");

    @ParameterizedTest
    @CsvSource({
        "ML26-7K3F90, 10000, EXACT",
        "ml26 7k3f9O, 10000, EXACT",
        "INVOICE ML267K3 F90 ADA, 9999, PART",
        "ML26-7K3F90, 10001, OVER",
        "ML26-7K3F90, 0, UNKNOWN",
        "ML26-7K3F90, -10000, UNKNOWN"
    })
    void amount_is_compared_with_what_is_due(String text, long amount, Match match) {
        Matched matched = TransferMatcher.match(transfer(text, null, amount), List.of(ADA));

        assertThat(matched.match()).isEqualTo(match);
        assertThat(matched.candidates())
                .containsExactly(
                        new TransferCandidate(ADA.id(), "ML26-7K3F90", "Ada Lovelace", new Money(10_000, "USD")));
    }

    @Test
    void without_an_amount_or_in_another_currency_nothing_is_compared() {
        assertThat(TransferMatcher.match(new BankTransfer("ML26-7K3F90", null, null, null), List.of(ADA))
                        .match())
                .isEqualTo(Match.UNKNOWN);
        assertThat(TransferMatcher.match(
                                new BankTransfer("ML26-7K3F90", null, new Money(10_000, "EUR"), null), List.of(ADA))
                        .match())
                .isEqualTo(Match.UNKNOWN);
    }

    @Test
    void number_within_other_characters_matches_no_registration() {
        assertThat(TransferMatcher.match(transfer("ML26-7K3F91", null, 9_000), List.of(ADA)))
                .isEqualTo(Matched.NOTHING);
    }

    @Test
    void price_selects_among_candidates_found_by_name() {
        Registration paid = registration("ML26-7K3F91", "Ada Lovelace", "confirmed", "[]");

        assertThat(references(TransferMatcher.match(transfer("Ada Lovelace", null, 10_000), List.of(ADA, paid))))
                .containsExactly("ML26-7K3F90");
        assertThat(TransferMatcher.match(transfer("Ada Lovelace", null, 9_000), List.of(ADA, paid)))
                .isEqualTo(Matched.NOTHING);
    }

    @Test
    void named_candidate_with_the_right_price_comes_first() {
        Registration part = registration("ML26-7K3F91", "Grace Hopper", "pending-payment", """
                [{"reference": "A", "amount": {"amount": 4000, "currency": "USD"}}]""");
        Matched matched = TransferMatcher.match(transfer("ML26-7K3F90 + ML26-7K3F91", null, 6_000), List.of(ADA, part));

        assertThat(matched.match()).isEqualTo(Match.EXACT);
        assertThat(references(matched)).containsExactly("ML26-7K3F91", "ML26-7K3F90");
    }

    @Test
    void nothing_is_due_where_nothing_can_be_paid() {
        for (String status : List.of("confirmed", "cancelled", "rejected")) {
            Registration over = registration("ML26-7K3F90", "Ada Lovelace", status, "[]");
            Matched matched = TransferMatcher.match(transfer("ML26-7K3F90", null, 1), List.of(over));
            assertThat(matched.match()).as(status).isEqualTo(Match.OVER);
            assertThat(matched.candidates().getFirst().due()).isEqualTo(new Money(0, "USD"));
        }
    }

    @Test
    void transfer_without_a_reference_of_its_own_is_known_by_its_text() {
        Registration marked = registration("ML26-7K3F91", "Grace Hopper", "confirmed", """
                [{"reference": "NOTPROVIDED", "amount": {"amount": 10000, "currency": "USD"}}]""");

        assertThat(TransferMatcher.match(transfer("ML26-7K3F90", "NotProvided", 10_000), List.of(ADA, marked))
                        .match())
                .isEqualTo(Match.EXACT);
    }

    @Test
    void transfer_that_is_marked_is_known_whatever_it_names() {
        Registration marked = registration("ML26-7K3F91", "Grace Hopper", "confirmed", """
                [{"reference": "SEPA 1", "amount": {"amount": 10000, "currency": "USD"}}]""");
        List<Registration> both = List.of(ADA, marked);

        Matched known = TransferMatcher.match(transfer("ML26-7K3F90", " sepa  1", 10_000), both);
        assertThat(known.match()).isEqualTo(Match.KNOWN);
        assertThat(references(known)).containsExactly("ML26-7K3F91");
        assertThat(TransferMatcher.match(transfer("SEPA 1", null, 10_000), both).match())
                .isEqualTo(Match.KNOWN);
        assertThat(TransferMatcher.match(transfer("ML26-7K3F90", "SEPA 1", 10_001), both)
                        .match())
                .isEqualTo(Match.OVER);
        assertThat(TransferMatcher.match(transfer("ML26-7K3F90", "SEPA 2", 10_000), both)
                        .match())
                .isEqualTo(Match.EXACT);
    }

    private static List<String> references(Matched matched) {
        return matched.candidates().stream().map(TransferCandidate::reference).toList();
    }

    private static BankTransfer transfer(String text, @Nullable String reference, long amount) {
        return new BankTransfer(text, reference, new Money(amount, "USD"), null);
    }

    private static Registration registration(String reference, String name, String status, String transfers) {
        UUID id = new UUID(0, Arrays.hashCode(reference.toCharArray()));
        return Documents.registration("""
                {"id": "%1$s", "reference": "%2$s", "conference": "mlsys-2026", "status": "%4$s", "revision": 1,
                 "contact": {"name": "%3$s", "email": "ada@example.org", "locale": "en"}, "contactGeneration": 0,
                 "attendees": [],
                 "price": {"lines": [], "discount": {"amount": 0, "currency": "USD"}, "tax": {"amount": 0, "currency": "USD"},
                           "total": {"amount": 10000, "currency": "USD"}, "phase": "early"},
                 "takes": {"amounts": {}, "underReservation": {}}, "hold": {"extended": false, "paymentRevision": 1},
                 "paymentMethod": "invoice", "invoice": {}, "policy": [],
                 "money": {"captured": {"amount": 0, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                           "status": "awaiting", "byTransfer": false, "refunds": [], "disputeOpen": false, "transfers": %5$s},
                 "createdAt": "2026-02-02T17:00:00Z", "changedAt": "2026-02-02T17:00:00Z"}
                """.formatted(id, reference, name, status, transfers));
    }
}
