package org.openingminute.benchmarks.relay;

import java.util.ArrayList;
import java.util.List;
import org.openingminute.messaging.outbox.OutgoingMessage;

/** This library's relay. The rows of a backlog stay; its cursor is reset to their beginning. */
final class Ours implements RelayCandidate {

    static final String NAME = "this relay";

    private static final int A_TRANSACTION = 1_000;

    private final Library library;
    private final Bodies bodies;

    Ours(Library library, Bodies bodies) {
        this.library = library;
        this.bodies = bodies;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String topic() {
        return "ours";
    }

    @Override
    public void fill(int messages) {
        int there = library.jdbc()
                .sql("select coalesce(sum(messages), 0) from outbox")
                .query(Integer.class)
                .single();
        if (there != messages) {
            library.jdbc().sql("truncate outbox").update();
            append(messages);
        }
        library.jdbc().sql("""
                        update outbox_cursor set incarnation = 0, transaction_id = '0', position = 0, owner = null
                        """).update();
    }

    /** Appends the first message of each body through the library and copies the others from these, in transactions of a thousand. */
    private void append(int messages) {
        if (messages == 0) {
            return;
        }
        int first = Math.min(messages, Bodies.DIFFERENT);
        for (int from = 0; from < first; from += A_TRANSACTION) {
            List<OutgoingMessage> some = new ArrayList<>();
            for (int i = from; i < Math.min(first, from + A_TRANSACTION); i++) {
                some.add(message(i));
            }
            library.transaction()
                    .executeWithoutResult(
                            _ -> library.outbox().appendAll(library.locks().takeFor("backlog"), some));
        }
        List<String> transactions = library.jdbc()
                .sql("select transaction_id::text from outbox group by transaction_id order by transaction_id")
                .query(String.class)
                .list();
        for (int written = first; written < messages; written += A_TRANSACTION) {
            library.jdbc()
                    .sql("""
                            insert into outbox (incarnation, messages, bytes, frames)
                            select incarnation, messages, bytes, frames from outbox
                             where transaction_id = ?::xid8 order by position
                            """)
                    .param(transactions.get(written % first / A_TRANSACTION))
                    .update();
        }
        library.jdbc().sql("vacuum (analyze) outbox").update();
    }

    private OutgoingMessage message(long number) {
        return new OutgoingMessage(
                topic(), RelayCandidate.key(number), "registration.confirmed.v1", number, bodies.body(number));
    }

    @Override
    public void commit(long number) {
        library.transaction()
                .executeWithoutResult(_ ->
                        library.outbox().append(library.locks().takeFor(RelayCandidate.key(number)), message(number)));
    }

    @Override
    public void start() {
        library.relay().start();
    }

    @Override
    public void awaitNoted() throws InterruptedException {
        while (library.outbox().waiting().messages() > 0) {
            Thread.sleep(50);
        }
    }

    @Override
    public void stop() {
        library.relay().stop();
    }

    @Override
    public void close() {
        stop();
    }
}
