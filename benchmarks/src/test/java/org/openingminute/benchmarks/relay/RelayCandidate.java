package org.openingminute.benchmarks.relay;

/** A way to get messages from a database to Kafka, with writer and relay in this process. Used by one thread, commits by many. */
interface RelayCandidate extends AutoCloseable {

    String name();

    String topic();

    /** Makes a backlog of so many messages; the relay stands. */
    void fill(int messages);

    /** Writes one message in a transaction of its own, and returns when that has committed. Its key is {@link #key}. */
    void commit(long number);

    void start();

    /** Returns when what was sent is noted as sent, too. */
    void awaitNoted() throws InterruptedException;

    void stop() throws InterruptedException;

    @Override
    void close();

    static String key(long number) {
        return "n" + number;
    }

    static int number(String key) {
        return Integer.parseInt(key.substring(1));
    }
}
