package org.openingminute.notification.projection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest received states of a registration and its payment.
 *
 * @param registration {@code null} if only its payment was received yet
 * @param payment {@code null} if none was received yet
 * @param holdEndsAt end of the hold, machine time: the event's time plus the remaining seconds
 */
public record RegistrationProjection(
        @Nullable RegistrationSnapshot registration,
        @Nullable PaymentSnapshot payment,
        @Nullable Instant holdEndsAt) {}
