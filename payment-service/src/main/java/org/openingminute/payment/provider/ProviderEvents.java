package org.openingminute.payment.provider;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.PaymentTrigger;

/**
 * What a provider tells of one registration's money.
 *
 * @param acts oldest first; each is recognised when it is told again
 */
public record ProviderEvents(UUID registration, List<PaymentTrigger> acts) {

    public ProviderEvents {
        acts = List.copyOf(acts);
    }

    /**
     * Some of what a provider tells, what happened first being first.
     *
     * @param next from when to ask for the rest, later than it was asked from; {@code null} where this is all
     */
    public record Page(List<ProviderEvents> news, @Nullable Instant next) {

        public Page {
            news = List.copyOf(news);
        }
    }

    /** When the last of it happened, of what happens to money that was captured before. */
    public Optional<Instant> sinceCapture() {
        return acts.stream().flatMap(ProviderEvents::afterCapture).max(Instant::compareTo);
    }

    private static Stream<Instant> afterCapture(PaymentTrigger act) {
        return switch (act) {
            case PaymentTrigger.DisputeOpened opened -> Stream.of(opened.at());
            case PaymentTrigger.DisputeEnded ended -> Stream.of(ended.at());
            case PaymentTrigger.RefundFailed failed -> Stream.of(failed.at());
            default -> Stream.empty();
        };
    }
}
