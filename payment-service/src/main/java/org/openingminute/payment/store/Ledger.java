package org.openingminute.payment.store;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.openingminute.payment.lifecycle.Decision.Posting;
import org.openingminute.payment.store.PaymentBatch.PendingPosting;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The append-only ledger. Each posting is written once, in the transaction that saves its payment. Nothing here is
 * derived from the state, because the ledger serves to check it.
 */
@Component
final class Ledger {

    private final JdbcClient jdbc;

    Ledger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds postings. Posting the same movement twice is an error and fails. */
    void post(List<PendingPosting> postings) {
        if (postings.isEmpty()) {
            return;
        }
        jdbc.sql("""
                insert into ledger (posted_at, at, registration_id, act, debit, credit, amount, currency, about)
                select * from unnest(?::timestamptz[], ?::timestamptz[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::bigint[],
                                     ?::text[], ?::uuid[])
                """)
                .param(postings.stream().map(one -> one.at().toString()).toArray(String[]::new))
                .param(postings.stream().map(one -> one.shownAt().toString()).toArray(String[]::new))
                .param(postings.stream().map(PendingPosting::registration).toArray(UUID[]::new))
                .param(texts(postings, posting -> posting.kind().text()))
                .param(texts(postings, Posting::debit))
                .param(texts(postings, Posting::credit))
                .param(postings.stream()
                        .map(one -> one.posting().amount().amount())
                        .toArray(Long[]::new))
                .param(texts(postings, posting -> posting.amount().currency()))
                .param(postings.stream().map(one -> one.posting().about()).toArray(UUID[]::new))
                .update();
    }

    private static String[] texts(List<PendingPosting> postings, Function<Posting, String> column) {
        return postings.stream().map(one -> column.apply(one.posting())).toArray(String[]::new);
    }
}
