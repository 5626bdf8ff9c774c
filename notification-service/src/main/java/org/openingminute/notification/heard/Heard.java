package org.openingminute.notification.heard;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one registration.
 *
 * @param registration {@code null} while only its payment was heard of
 * @param payment {@code null} while none was heard of
 * @param holdEndsAt when the hold ends by this machine's clock: the event's time and the seconds that it left
 */
public record Heard(
        @Nullable RegistrationState registration,
        @Nullable PaymentState payment,
        @Nullable Instant holdEndsAt) {}
