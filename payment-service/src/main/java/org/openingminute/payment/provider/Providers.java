package org.openingminute.payment.provider;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The providers that are configured, by name. Immutable. */
public final class Providers {

    private final Map<String, PaymentProvider> byName;
    private final @Nullable PaymentProvider forCards;

    /**
     * Takes them as they are configured.
     *
     * @param all the first takes cards
     */
    public Providers(List<PaymentProvider> all) {
        this.byName = all.stream().collect(Collectors.toUnmodifiableMap(PaymentProvider::name, Function.identity()));
        this.forCards = all.isEmpty() ? null : all.getFirst();
    }

    public Collection<PaymentProvider> all() {
        return byName.values();
    }

    public Optional<PaymentProvider> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The one at which new sessions are opened. */
    public Optional<PaymentProvider> forCards() {
        return Optional.ofNullable(forCards);
    }
}
