package org.openingminute.benchmarks.relay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer that records each message's first arrival, from its creation until it is closed. */
final class Arrivals implements AutoCloseable {

    private final AtomicLongArray at;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private volatile int arrived;
    private volatile boolean closed;

    Arrivals(String brokers, String topic, int partitions, int messages) {
        at = new AtomicLongArray(messages);
        consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        thread = Thread.ofPlatform().name("arrivals").start(this::read);
    }

    /** Returns the arrival by {@link System#nanoTime}; 0 if the message has not arrived. */
    long at(int number) {
        return at.get(number);
    }

    /** Returns whether all messages arrived in time. */
    boolean await(Duration atMost) throws InterruptedException {
        long begin = System.nanoTime();
        while (arrived < at.length() && System.nanoTime() - begin < atMost.toNanos()) {
            Thread.sleep(10);
        }
        return arrived >= at.length();
    }

    private void read() {
        while (!closed) {
            var records = consumer.poll(Duration.ofMillis(100));
            long now = System.nanoTime();
            for (ConsumerRecord<String, byte[]> record : records) {
                if (at.compareAndSet(RelayCandidate.number(record.key()), 0, now)) {
                    arrived++;
                }
            }
        }
        consumer.close();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
