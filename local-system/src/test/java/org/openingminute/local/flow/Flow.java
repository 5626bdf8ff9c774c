package org.openingminute.local.flow;

/** The steps of a registrant up to the confirmed registration. */
public enum Flow {
    /** Free of charge: the response to the request confirms the registration. */
    FREE(0),
    /** With a card: register, open a payment, enter the card, and poll the state until it is confirmed. */
    CARD(10_000);

    private final int amount;

    Flow(int amount) {
        this.amount = amount;
    }

    /** The price of a seat, in minor units. */
    public int amount() {
        return amount;
    }

    /** A phrase for reports. */
    public String words() {
        return switch (this) {
            case FREE -> "free";
            case CARD -> "card";
        };
    }
}
