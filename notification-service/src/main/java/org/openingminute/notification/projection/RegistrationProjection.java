package org.openingminute.notification.projection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest received states of one registration and its payment.
 *
 * @param registration {@code null} while only its payment was received
 * @param payment {@code null} while none was received
 * @param holdEndsAt when the hold ends by this machine's clock: the event's time plus the remaining seconds
 */
public record RegistrationProjection(
        @Nullable RegistrationSnapshot registration,
        @Nullable PaymentSnapshot payment,
        @Nullable Instant holdEndsAt) {}
