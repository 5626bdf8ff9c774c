package org.openingminute.local.flow;

/** A way to a confirmed registration. */
public enum Flow {
    /** Free of charge: confirmed by the answer to the request. */
    FREE(0),
    /** Register, open a payment, enter a card, ask for the state until it is confirmed. */
    CARD(10_000);

    private final int amount;

    Flow(int amount) {
        this.amount = amount;
    }

    /** What a seat costs, in minor units. */
    public int amount() {
        return amount;
    }

    /** In a sentence. */
    public String words() {
        return switch (this) {
            case FREE -> "free";
            case CARD -> "card";
        };
    }
}
