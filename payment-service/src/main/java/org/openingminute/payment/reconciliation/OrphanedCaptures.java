package org.openingminute.payment.reconciliation;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderPayments.Entry;
import org.openingminute.payment.store.Payments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Takes in money that a provider has for us, and whose session nobody here remembers, as after a restore of our database from an
 * older copy. Then it is a capture like any other. Where something of it went back, or more was paid for the same registration,
 * a person looks at it. Safe for use by all threads.
 */
@Component
final class OrphanedCaptures {

    private static final Logger log = LoggerFactory.getLogger(OrphanedCaptures.class);

    private final ReconciliationRepository books;
    private final Payments payments;

    OrphanedCaptures(ReconciliationRepository books, Payments payments) {
        this.books = books;
        this.payments = payments;
    }

    /** @param known the provider's names of what we know */
    void take(CardProvider provider, List<Entry> theirs, Set<String> known) {
        List<Entry> unknown = theirs.stream()
                .filter(entry -> !known.contains(entry.payment()) && entry.isWhole())
                .toList();
        if (unknown.isEmpty()) {
            return;
        }
        Set<String> standing = books.standing(
                unknown.stream().map(entry -> about(provider, entry)).collect(Collectors.toSet()));
        unknown.stream()
                .filter(entry -> standing.contains(about(provider, entry)))
                .forEach(entry -> take(provider, entry));
    }

    /** Only where nothing was paid for the registration; asked under the payment's lock, so of two only one is taken. */
    private void take(CardProvider provider, Entry entry) {
        UUID registration = entry.registration();
        Payments.Change change = payments.apply(
                registration,
                new PaymentTrigger.MoneyArrived(
                        entry.attempt(), provider.name(), entry.payment(), entry.captured(), entry.at()),
                payment -> payment.captures().isEmpty());
        if (!change.after().captures().equals(change.before().captures())) {
            log.warn(
                    "The payment {} of registration {}, of which nobody told us, is taken in",
                    about(provider, entry),
                    registration);
        }
    }

    private static String about(CardProvider provider, Entry entry) {
        return provider.name() + " " + entry.payment();
    }
}
