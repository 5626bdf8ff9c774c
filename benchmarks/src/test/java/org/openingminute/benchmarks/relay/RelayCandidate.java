package org.openingminute.benchmarks.relay;

/** A way to get messages from a database to Kafka, with writer and relay in this process. Used by one thread, commits by many. */
interface RelayCandidate extends AutoCloseable {

    String name();

    String topic();

    /** Creates a backlog of this many messages while the relay is stopped. */
    void fill(int messages);

    /** Writes one message in a transaction of its own; returns after the commit. The message's key is {@link #key}. */
    void commit(long number);

    void start();

    /** Returns when everything sent is also recorded as sent. */
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
