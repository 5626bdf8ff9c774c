package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.openingminute.local.admission.TwoInstances.Answered;

/** Orders and cancels as registrants do, and records the orders and the responses. */
final class RegistrantClient {

    private final TwoInstances instances;
    private final String slug;
    private final Map<String, DatabaseSnapshot.Made> made = new ConcurrentHashMap<>();
    private final Set<String> phases = ConcurrentHashMap.newKeySet();
    private final List<Reply> live = new ArrayList<>();
    private final Map<String, Integer> answers = new TreeMap<>();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();

    RegistrantClient(TwoInstances instances, String slug) {
        this.instances = instances;
        this.slug = slug;
    }

    /** Orders, and asserts that the same key gets the same response each time. */
    Reply order(int instance, String body, String key) {
        return order(new TwoInstances.Route(instance, 1 - instance, TwoInstances.LIMIT), body, key);
    }

    /** Orders by another route. */
    Reply order(TwoInstances.Route route, String body, String key) {
        return noted(instances.attempt(route, slug, body, key), body, key);
    }

    private Reply noted(Answered answered, String body, String key) {
        Reply reply = answered.reply();
        synchronized (answers) {
            answers.merge(reply.kind(), 1, Integer::sum);
        }
        if (answered.repeated() > 0) {
            repeated.incrementAndGet();
        }
        if (reply.status() == 201) {
            DatabaseSnapshot.Made before = made.putIfAbsent(key, new DatabaseSnapshot.Made(body, reply));
            if (before == null) {
                phases.add(reply.at("/phase"));
                synchronized (live) {
                    live.add(reply);
                }
            } else {
                assertThat(reply).as("the answer to a repeated request").isEqualTo(before.reply());
            }
        }
        return reply;
    }

    /** Cancels a registration that nobody has cancelled yet, if there is one. */
    Optional<Reply> cancelOne(int instance, SplittableRandom random) {
        Reply one;
        synchronized (live) {
            if (live.isEmpty()) {
                return Optional.empty();
            }
            int index = random.nextInt(live.size());
            one = live.get(index);
            live.set(index, live.getLast());
            live.removeLast();
        }
        Reply reply = instances.cancel(instance, one.at("/id"), one.at("/accessToken"));
        if (reply.status() == 200) {
            cancelled.incrementAndGet();
        }
        return Optional.of(reply);
    }

    /** The responses with a registration, by key. */
    Map<String, DatabaseSnapshot.Made> made() {
        return made;
    }

    /** Whether a registration was made at the prices of a phase. */
    boolean hasSoldIn(String phase) {
        return phases.contains(phase);
    }

    /** The number of each answer. */
    Map<String, Integer> answers() {
        synchronized (answers) {
            return new TreeMap<>(answers);
        }
    }

    int repeated() {
        return repeated.get();
    }

    int cancelled() {
        return cancelled.get();
    }
}
