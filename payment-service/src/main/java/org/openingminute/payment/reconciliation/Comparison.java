package org.openingminute.payment.reconciliation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.provider.ProviderPayments;

/** Compares a provider's list with our captures. No input or output. */
final class Comparison {

    private Comparison() {}

    /**
     * Compares listed payments with ours.
     *
     * @param ours our captures by the provider's names
     */
    static List<Difference> of(
            String provider, List<ProviderPayments.ListedPayment> theirs, Map<String, OurPayment> ours) {
        List<Difference> found = new ArrayList<>();
        for (ProviderPayments.ListedPayment entry : theirs) {
            difference(entry, ours.get(entry.payment()))
                    .map(what -> new Difference(provider + " " + entry.payment(), entry.registration(), what))
                    .ifPresent(found::add);
        }
        return found;
    }

    static Difference notTheirs(String provider, OurPayment our) {
        return new Difference(
                provider + " " + our.payment(),
                our.registration(),
                "we have captured %s, and the provider has no such payment".formatted(words(our.captured())));
    }

    private static Optional<String> difference(ProviderPayments.ListedPayment their, @Nullable OurPayment our) {
        if (our == null) {
            return Optional.of("the provider has captured %s that we do not know".formatted(words(their.captured())));
        }
        if (!our.registration().equals(their.registration())) {
            return Optional.of("the provider has it for another registration than " + our.registration());
        }
        if (!our.captured().equals(their.captured())) {
            return differs("captured", their.captured(), our.captured());
        }
        if (!our.refunded().equals(their.refunded()) && !our.moving()) {
            return differs("refunded", their.refunded(), our.refunded());
        }
        return our.disputed().equals(their.disputed())
                ? Optional.empty()
                : differs("disputed", their.disputed(), our.disputed());
    }

    private static Optional<String> differs(String what, Money theirs, Money ours) {
        return Optional.of("%s: the provider says %s, we say %s".formatted(what, words(theirs), words(ours)));
    }

    private static String words(Money money) {
        return money.inWords(Locale.ENGLISH);
    }

    /**
     * A difference between two sources.
     *
     * @param about identifies the difference, and stays the same while it lasts
     * @param what description for an operator
     */
    record Difference(String about, @Nullable UUID registration, String what) {}

    /**
     * Our record of a provider's payment.
     *
     * @param payment the provider's name for it
     * @param refunded the sum of completed refunds
     * @param moving whether a refund is in progress, about which the provider may know more
     * @param disputed the sum of disputes that were not won
     */
    record OurPayment(
            String payment, UUID registration, Money captured, Money refunded, boolean moving, Money disputed) {}
}
