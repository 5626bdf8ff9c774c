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
 * A provider's report about one registration's money.
 *
 * @param triggers oldest first; a repeated one is recognised
 */
public record ProviderEvents(UUID registration, List<PaymentTrigger> triggers) {

    public ProviderEvents {
        triggers = List.copyOf(triggers);
    }

    /**
     * A page of a provider's reports, oldest first.
     *
     * @param next the instant from which to read the rest, later than that of this page; {@code null} for the last page
     */
    public record EventPage(
            List<ProviderEvents> events, @Nullable Instant next) {

        public EventPage {
            events = List.copyOf(events);
        }
    }

    /** The time of the last event about money that was captured earlier. */
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
