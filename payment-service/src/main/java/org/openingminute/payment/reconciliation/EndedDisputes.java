package org.openingminute.payment.reconciliation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderPayments.ListedPayment;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Ends as won the disputes that are open here and take no money at the provider: its report of their end was lost, or an
 * earlier version took an inquiry for a dispute. A lost dispute takes money for good.
 */
@Component
final class EndedDisputes {

    private static final Logger log = LoggerFactory.getLogger(EndedDisputes.class);

    private static final Duration IN_EVERY_LIST_AFTER = Duration.ofHours(1);

    private final ReconciliationRepository repository;
    private final Payments payments;
    private final Clock clock;

    EndedDisputes(ReconciliationRepository repository, Payments payments, Clock clock) {
        this.repository = repository;
        this.payments = payments;
        this.clock = clock;
    }

    /** Only disputes of some age, because one may have opened after the list was read. */
    void end(CardProvider provider, List<ListedPayment> theirs) {
        List<String> undisputed = theirs.stream()
                .filter(entry -> !entry.disputed().isPositive())
                .map(ListedPayment::payment)
                .toList();
        Instant before = clock.instant().minus(IN_EVERY_LIST_AFTER);
        repository.openDisputes(provider.name(), undisputed, before).forEach(dispute -> {
            log.warn("Ending the dispute {} as won, which takes no money at {}", dispute.name(), provider.name());
            payments.apply(
                    dispute.registration(),
                    new PaymentTrigger.DisputeEnded(provider.name(), dispute.name(), true, clock.instant()));
        });
    }
}
