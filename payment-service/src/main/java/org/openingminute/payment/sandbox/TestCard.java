package org.openingminute.payment.sandbox;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The cards that the sandbox knows, and what becomes of a try with each. */
enum TestCard {
    CAPTURED("4242424242424242", "is paid", null),
    DECLINED("4000000000000002", "is declined", "card-declined"),
    NO_FUNDS("4000000000009995", "is declined for want of funds", "insufficient-funds"),
    NEEDS_CONFIRMATION("4000000000003220", "asks you to confirm", null),
    DISPUTED("4000000000000259", "is paid, and disputed a few seconds later", null);

    private final String number;
    private final String effect;
    private final @Nullable String refusal;

    TestCard(String number, String effect, @Nullable String refusal) {
        this.number = number;
        this.effect = effect;
        this.refusal = refusal;
    }

    static Optional<TestCard> numbered(String number) {
        return Stream.of(values()).filter(card -> card.number.equals(number)).findFirst();
    }

    String number() {
        return number;
    }

    /** For the page: in groups of four. */
    public String grouped() {
        return number.replaceAll("(.{4})(?=.)", "$1 ");
    }

    /** For the page: what a try with it comes to. */
    public String effect() {
        return effect;
    }

    /** Why it is declined; {@code null} where it is not. */
    @Nullable
    String refusal() {
        return refusal;
    }
}
