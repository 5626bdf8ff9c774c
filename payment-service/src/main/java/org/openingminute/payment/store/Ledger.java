package org.openingminute.payment.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.openingminute.payment.lifecycle.Decision.Posting;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The append-only ledger. Each posting is written once, in the transaction that saves its payment. Nothing here is
 * derived from the state, because the ledger serves to check it.
 */
@Component
public final class Ledger {

    private final JdbcClient jdbc;

    Ledger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds postings. Posting the same movement twice is an error and fails. */
    public void post(UUID registration, Instant at, List<Posting> postings) {
        for (Posting posting : postings) {
            jdbc.sql("""
                    insert into ledger (posted_at, registration_id, act, debit, credit, amount, currency, about)
                    values (?, ?, ?, ?, ?, ?, ?, ?)
                    """)
                    .param(at.atOffset(ZoneOffset.UTC))
                    .param(registration)
                    .param(posting.kind().text())
                    .param(posting.debit())
                    .param(posting.credit())
                    .param(posting.amount().amount())
                    .param(posting.amount().currency())
                    .param(posting.about())
                    .update();
        }
    }
}
