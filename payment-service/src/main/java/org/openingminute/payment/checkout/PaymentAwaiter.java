package org.openingminute.payment.checkout;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.store.Payments;
import org.springframework.stereotype.Component;

/**
 * Waits for payments that are not known yet, because a registration is answered before its message arrives here. A
 * limited number of callers wait for a limited time; the others get a {@code Retry-After}.
 */
@Component
final class PaymentAwaiter {

    static final Duration WAIT_AT_MOST = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
    private static final int WAITING_AT_ONCE = 64;

    private final Payments payments;
    private final Semaphore places = new Semaphore(WAITING_AT_ONCE);

    PaymentAwaiter(Payments payments) {
        this.payments = payments;
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
        try {
            long end = System.nanoTime() + WAIT_AT_MOST.toNanos();
            Duration pause = FIRST_PAUSE;
            while (System.nanoTime() < end) {
                Thread.sleep(pause);
                known = now(registration);
                if (known.isPresent()) {
                    return known.get();
                }
                pause = pause.plus(pause).compareTo(LONGEST_PAUSE) < 0 ? pause.plus(pause) : LONGEST_PAUSE;
            }
            throw notYet(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notYet(Duration.ofSeconds(1));
        } finally {
            places.release();
        }
    }

    private static Problem notYet(Duration retryAfter) {
        return Problem.unavailable("This payment is not known here yet. Please try again.")
                .because("payment-awaited")
                .retryAfter(retryAfter);
    }
}
