package org.openingminute.payment.provider;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.PaymentTrigger;

/**
 * A provider's report about the money of one registration.
 *
 * @param triggers oldest first; repeated triggers have no further effect
 */
public record ProviderEvents(UUID registration, List<PaymentTrigger> triggers) {

    public ProviderEvents {
        triggers = List.copyOf(triggers);
    }

    /**
     * A page of a provider's reports, oldest first.
     *
     * @param next where to continue: an instant later than this page's start; {@code null} on the last page
     */
    public record EventPage(
            List<ProviderEvents> events, @Nullable Instant next) {

        public EventPage {
            events = List.copyOf(events);
        }
    }

    /** Returns the time of the last event about money that was captured earlier. */
    public Optional<Instant> sinceCapture() {
        return triggers.stream().flatMap(ProviderEvents::afterCapture).max(Instant::compareTo);
    }

    private static Stream<Instant> afterCapture(PaymentTrigger trigger) {
        return switch (trigger) {
            case PaymentTrigger.InquiryReported inquiry ->
                Stream.of(Objects.requireNonNullElse(inquiry.closedAt(), inquiry.openedAt()));
            case PaymentTrigger.DisputeOpened opened -> Stream.of(opened.at());
            case PaymentTrigger.DisputeEnded ended -> Stream.of(ended.at());
            case PaymentTrigger.RefundFailed failed -> Stream.of(failed.at());
            case PaymentTrigger.RefundReported reported -> Stream.of(reported.at());
            default -> Stream.empty();
        };
    }
}
