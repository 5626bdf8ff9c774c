package org.openingminute.payment.reconciliation;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderPayments.ListedPayment;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Adopts captures at a provider whose session this database does not have, for instance after a restore from an older backup. An adopted
 * capture is treated like any other. If part of it was refunded, or the registration has other payments, a person decides.
 */
@Component
final class OrphanedCaptures {

    private static final Logger log = LoggerFactory.getLogger(OrphanedCaptures.class);

    private final ReconciliationRepository repository;
    private final Payments payments;

    OrphanedCaptures(ReconciliationRepository repository, Payments payments) {
        this.repository = repository;
        this.payments = payments;
    }

    /**
     * Adopts the orphaned captures of a page.
     *
     * @param known the provider's names of the payments that we know
     */
    void adopt(CardProvider provider, List<ListedPayment> theirs, Set<String> known) {
        List<ListedPayment> unknown = theirs.stream()
                .filter(entry -> !known.contains(entry.payment()) && entry.isWhole())
                .toList();
        if (unknown.isEmpty()) {
            return;
        }
        Set<String> standing = repository.standing(
                unknown.stream().map(entry -> about(provider, entry)).collect(Collectors.toSet()));
        unknown.stream()
                .filter(entry -> standing.contains(about(provider, entry)))
                .forEach(entry -> adopt(provider, entry));
    }

    /**
     * Adopts a capture if nothing was paid for the registration. This is checked under the payment's lock, so only one of two captures is
     * adopted.
     */
    private void adopt(CardProvider provider, ListedPayment entry) {
        UUID registration = entry.registration();
        Payments.Changed change = payments.apply(
                registration,
                new PaymentTrigger.MoneyArrived(
                        entry.attempt(), provider.name(), entry.payment(), entry.captured(), entry.at()),
                payment -> payment.captures().isEmpty());
        if (!change.after().captures().equals(change.before().captures())) {
            log.warn("Adopting the orphaned capture {} of registration {}", about(provider, entry), registration);
        }
    }

    private static String about(CardProvider provider, ListedPayment entry) {
        return provider.name() + " " + entry.payment();
    }
}
