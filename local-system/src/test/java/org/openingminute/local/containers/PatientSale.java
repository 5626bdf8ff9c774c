package org.openingminute.local.containers;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;

/**
 * A sale that goes on while parts fail. Each visitor registers, pays, and polls until the registration is confirmed. Failed requests are
 * recorded and repeated with the same key, as a browser does.
 */
final class PatientSale {

    /** Bounds the load on a slow machine. */
    private static final int AT_ONCE = 20;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final ApiClient api;
    private final String slug;
    private final Instant began = Instant.now();
    private final ScheduledExecutorService arrivals = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService visits = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Future<Visitor>> visitors = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final Semaphore places = new Semaphore(AT_ONCE);

    /** A visitor who has seen the confirmation. */
    record Visitor(String email, Registered registered) {}

    /** @param perSecond the arrivals per second, while not too many visitors are active */
    PatientSale(ApiClient api, String slug, int perSecond) {
        this.api = api;
        this.slug = slug;
        arrivals.scheduleAtFixedRate(this::letIn, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    /** The number of visitors so far, including active ones. */
    int arrived() {
        return visitors.size();
    }

    /** The requests that failed with a server error or without an answer, each with its time since the start. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    int requests() {
        return requests.get();
    }

    /** Stops arrivals, and waits until all visitors are confirmed. */
    List<Visitor> end() throws InterruptedException, ExecutionException {
        arrivals.shutdown();
        arrivals.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        List<Visitor> done = new ArrayList<>();
        for (Future<Visitor> visitor : visitors) {
            done.add(visitor.get());
        }
        visits.close();
        return done;
    }

    private void letIn() {
        if (places.tryAcquire()) {
            visitors.add(visits.submit(() -> {
                try {
                    return visit();
                } finally {
                    places.release();
                }
            }));
        }
    }

    private Visitor visit() throws InterruptedException {
        String email = ApiClient.newAddress("visitor");
        String key = ApiClient.newKey();
        Answer created = answered("register", () -> api.attempt(slug, ApiClient.body("guest", email), key))
                .has(201);
        Registered registered = new Registered(created.at("/id"), created.at("/accessToken"), created);
        Answer checkout = answered(
                "checkout",
                () -> api.send("POST", "/api/payments/" + registered.id() + "/checkout", null, registered.bearer()));
        answered("pay", () -> api.enterCard(checkout.at("/checkoutUrl"), ApiClient.CARD));
        Instant limit = Instant.now().plus(PATIENCE);
        while (!answered("look", () -> api.registration(registered))
                .at("/status")
                .equals("confirmed")) {
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError("not confirmed: " + registered);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return new Visitor(email, registered);
    }

    private Answer answered(String what, Supplier<Answer> request) throws InterruptedException {
        Instant limit = Instant.now().plus(PATIENCE);
        while (true) {
            String failure;
            try {
                requests.incrementAndGet();
                Answer answer = request.get();
                if (answer.status() < 500) {
                    return answer;
                }
                failure = answer.status() + " " + answer.text();
            } catch (IllegalStateException e) {
                failure = String.valueOf(e.getMessage());
            }
            // The contract allows this answer for a checkout directly after the registration.
            if (!failure.contains("not known here yet")) {
                failures.add("%.1f s %s: %s"
                        .formatted(Duration.between(began, Instant.now()).toMillis() / 1000.0, what, failure));
            }
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError(what + " still fails: " + failure);
            }
            Thread.sleep(BETWEEN_ATTEMPTS);
        }
    }
}
