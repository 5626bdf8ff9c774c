package org.openingminute.payment.provider;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The providers that are configured, by name. Immutable. */
public final class Providers {

    private final List<CardProvider> cards;
    private final PaymentProvider transfers;
    private final Map<String, PaymentProvider> byName;

    /**
     * Takes the providers as configured.
     *
     * @param cards the providers of card payments; new sessions are opened at the first
     * @param transfers the provider for bank transfers
     */
    public Providers(List<? extends CardProvider> cards, PaymentProvider transfers) {
        this.cards = List.copyOf(cards);
        this.transfers = transfers;
        Map<String, PaymentProvider> named = new HashMap<>();
        cards.forEach(provider -> named.put(provider.name(), provider));
        named.put(transfers.name(), transfers);
        this.byName = Map.copyOf(named);
    }

    public Optional<PaymentProvider> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Providers of card payments, which send webhooks. */
    public List<CardProvider> cards() {
        return cards;
    }

    /** A provider of card payments, by its name. */
    public Optional<CardProvider> card(String name) {
        return cards.stream().filter(provider -> provider.name().equals(name)).findFirst();
    }

    /** The provider at which new sessions for cards are opened. */
    public Optional<CardProvider> forCards() {
        return cards.stream().findFirst();
    }

    public PaymentProvider forTransfers() {
        return transfers;
    }
}
