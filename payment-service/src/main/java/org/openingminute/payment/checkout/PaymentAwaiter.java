package org.openingminute.payment.checkout;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Waits for payments that are not known yet: a registration is answered before its message arrives here. A batch of this instance that
 * receives the request wakes its callers; requests that other instances receive are found by one polling statement for all callers. A
 * limited number of callers wait for a limited time; others get a response at once.
 */
@Component
final class PaymentAwaiter {

    static final Duration WAIT_AT_MOST = Duration.ofSeconds(5);
    private static final Duration A_MOMENT = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(PaymentAwaiter.class);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int WAITING_AT_ONCE = 64;
    private static final int WAITING_A_MOMENT = 32;

    private final Payments payments;
    private final Semaphore places = new Semaphore(WAITING_AT_ONCE);
    /** Separate, so that lookups of unknown ids take no place of a payer. */
    private final Semaphore placesForAMoment = new Semaphore(WAITING_A_MOMENT);

    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean polling = new AtomicBoolean();

    PaymentAwaiter(Payments payments) {
        this.payments = payments;
        payments.onChange(this::arrived);
    }

    private Optional<Payment> now(UUID registration) {
        return payments.find(registration).filter(payment -> payment.request() != null);
    }

    /**
     * Waits for a payment.
     *
     * @throws Problem 503 if it does not arrive in time, or if too many callers wait already
     */
    Payment await(UUID registration) {
        Optional<Payment> known = now(registration);
        if (known.isPresent()) {
            return known.get();
        }
        if (!places.tryAcquire()) {
            throw notYet(Duration.ofSeconds(2));
        }
        return arrival(registration, WAIT_AT_MOST, places).orElseThrow(() -> notYet(Duration.ofSeconds(1)));
    }

    /** Waits for a payment of an id that may not exist: empty if nothing arrives within 2 s, or if too many wait already. */
    Optional<Payment> awaitForAMoment(UUID registration) {
        Optional<Payment> known = now(registration);
        return known.isPresent() || !placesForAMoment.tryAcquire()
                ? known
                : arrival(registration, A_MOMENT, placesForAMoment);
    }

    /** Waits in a place that its caller has taken, and leaves it. */
    private Optional<Payment> arrival(UUID registration, Duration atMost, Semaphore taken) {
        Waiter waiter = new Waiter(registration);
        waiters.add(waiter);
        try {
            // The poll finds a payment that arrived after the caller's lookup.
            if (polling.compareAndSet(false, true)) {
                Thread.ofVirtual().name("payment-awaiter").start(this::poll);
            }
            return Optional.of(waiter.arrival.get(atMost.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException | ExecutionException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            waiters.remove(waiter);
            taken.release();
        }
    }

    /** Compared by identity, because many callers may wait for one payment. */
    private static final class Waiter {

        private final UUID registration;
        private final CompletableFuture<Payment> arrival = new CompletableFuture<>();

        Waiter(UUID registration) {
            this.registration = registration;
        }
    }

    private void arrived(Payment payment) {
        waiters.stream()
                .filter(waiter -> waiter.registration.equals(payment.registration()))
                .forEach(waiter -> waiter.arrival.complete(payment));
    }

    private void poll() {
        try {
            do {
                Thread.sleep(PAUSE);
                check(waiters.stream().map(waiter -> waiter.registration).collect(Collectors.toSet()));
            } while (!waiters.isEmpty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            polling.set(false);
        }
        // A caller may have arrived after the last poll, while this thread still counted as polling.
        if (!waiters.isEmpty() && polling.compareAndSet(false, true)) {
            Thread.ofVirtual().name("payment-awaiter").start(this::poll);
        }
    }

    private void check(Set<UUID> registrations) {
        if (registrations.isEmpty()) {
            return;
        }
        try {
            payments.find(registrations).values().stream()
                    .filter(payment -> payment.request() != null)
                    .forEach(this::arrived);
        } catch (DataAccessException e) {
            log.debug("Awaited payments could not be polled: {}", RedactedException.types(e));
        }
    }

    private static Problem notYet(Duration retryAfter) {
        return Problem.unavailable("This payment is not known here yet. Please try again.")
                .because("payment-awaited")
                .retryAfter(retryAfter);
    }
}
