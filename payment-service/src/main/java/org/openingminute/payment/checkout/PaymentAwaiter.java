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
import org.openingminute.kit.problem.Fault;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Waits for payments that are not known yet, because a registration is answered before its message arrives here. The batch that
 * brings the request wakes its callers; what other instances bring is looked for by one statement for all. A limited number of
 * callers wait for a limited time; the others get a {@code Retry-After}.
 */
@Component
final class PaymentAwaiter {

    static final Duration WAIT_AT_MOST = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(PaymentAwaiter.class);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int WAITING_AT_ONCE = 64;

    private final Payments payments;
    private final Semaphore places = new Semaphore(WAITING_AT_ONCE);
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean polling = new AtomicBoolean();

    PaymentAwaiter(Payments payments) {
        this.payments = payments;
        payments.onChange(this::arrived);
    }

    Optional<Payment> now(UUID registration) {
        return payments.find(registration).filter(payment -> payment.request() != null);
    }

    /** @throws Problem 503 if it does not arrive in time, or if too many wait already */
    Payment await(UUID registration) {
        Optional<Payment> known = now(registration);
        if (known.isPresent()) {
            return known.get();
        }
        if (!places.tryAcquire()) {
            throw notYet(Duration.ofSeconds(2));
        }
        Waiter waiter = new Waiter(registration);
        waiters.add(waiter);
        try {
            // A payment that arrived between the look and this line is found by the poll.
            if (polling.compareAndSet(false, true)) {
                Thread.ofVirtual().name("payment-awaiter").start(this::poll);
            }
            return waiter.arrival.get(WAIT_AT_MOST.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw notYet(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notYet(Duration.ofSeconds(1));
        } finally {
            waiters.remove(waiter);
            places.release();
        }
    }

    /** Equal only to itself, because many may wait for one payment. */
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
                look(waiters.stream().map(waiter -> waiter.registration).collect(Collectors.toSet()));
            } while (!waiters.isEmpty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            polling.set(false);
        }
        // One may have come after the last look and before this thread gave up its turn.
        if (!waiters.isEmpty() && polling.compareAndSet(false, true)) {
            Thread.ofVirtual().name("payment-awaiter").start(this::poll);
        }
    }

    private void look(Set<UUID> registrations) {
        if (registrations.isEmpty()) {
            return;
        }
        try {
            payments.find(registrations).values().stream()
                    .filter(payment -> payment.request() != null)
                    .forEach(this::arrived);
        } catch (DataAccessException e) {
            log.debug("Payments that are waited for could not be looked for: {}", Fault.types(e));
        }
    }

    private static Problem notYet(Duration retryAfter) {
        return Problem.unavailable("This payment is not known here yet. Please try again.")
                .because("payment-awaited")
                .retryAfter(retryAfter);
    }
}
