package org.openingminute.payment.sandbox;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sandbox's test cards, and the outcome of an attempt with each. */
enum TestCard {
    CAPTURED("4242424242424242", null),
    DECLINED("4000000000000002", "card-declined"),
    NO_FUNDS("4000000000009995", "insufficient-funds"),
    NEEDS_CONFIRMATION("4000000000003220", null),
    DISPUTED("4000000000000259", null);

    private final String number;
    private final @Nullable String refusal;

    TestCard(String number, @Nullable String refusal) {
        this.number = number;
        this.refusal = refusal;
    }

    static Optional<TestCard> numbered(String number) {
        return Stream.of(values()).filter(card -> card.number.equals(number)).findFirst();
    }

    String number() {
        return number;
    }

    /** Formats the number for the page, in groups of four digits. */
    public String grouped() {
        return number.replaceAll("(.{4})(?=.)", "$1 ");
    }

    /** Returns why the card is declined; {@code null} if it is accepted. */
    @Nullable
    String refusal() {
        return refusal;
    }
}
