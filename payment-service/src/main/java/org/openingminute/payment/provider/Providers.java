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
     * Creates the collection of configured providers.
     *
     * @param cards the card providers; new sessions are opened at the first one
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

    /** Returns the card providers, which send webhooks. */
    public List<CardProvider> cards() {
        return cards;
    }

    /** Returns a card provider by name. */
    public Optional<CardProvider> card(String name) {
        return cards.stream().filter(provider -> provider.name().equals(name)).findFirst();
    }

    /** Returns the card provider at which new sessions are opened; empty if none is configured. */
    public Optional<CardProvider> forCards() {
        return cards.stream().findFirst();
    }

    public PaymentProvider forTransfers() {
        return transfers;
    }
}
