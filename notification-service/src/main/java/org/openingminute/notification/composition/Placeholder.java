package org.openingminute.notification.composition;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.openingminute.notification.due.MailKind;

/** A name in braces in an organiser's wording, which is replaced by a value of the registration. */
public enum Placeholder {
    /** The conference's name. */
    CONFERENCE,
    /** The registration's reference. */
    REFERENCE,
    /** The contact's name. */
    NAME,
    /** The number of attendees. */
    SEATS,
    /** The price. */
    TOTAL,
    /** The end of the hold. */
    DEADLINE,
    /** The amount that was refunded or is disputed. */
    AMOUNT;

    /** The name without the braces. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name in braces. */
    public String written() {
        return "{" + code() + "}";
    }

    /** Returns the placeholders for which a kind of mail has values. */
    public static Set<Placeholder> of(MailKind kind) {
        Set<Placeholder> all = EnumSet.of(CONFERENCE, REFERENCE, NAME);
        // The reader at a former address need not be the person who registered.
        if (kind != MailKind.CONTACT_CHANGED) {
            all.addAll(EnumSet.of(SEATS, TOTAL));
        }
        all.addAll(neededInText(kind));
        return all;
    }

    /** Returns the placeholders required in a subject: without the conference, recipients could not tell its mails from others. */
    static Set<Placeholder> neededInSubject() {
        return EnumSet.of(CONFERENCE);
    }

    /**
     * Returns the placeholders required in the text, so that the reader is told everything essential. Links need none, because ours follow
     * the text.
     */
    static Set<Placeholder> neededInText(MailKind kind) {
        return switch (kind) {
            case PAY_NOW, PROOF_ACCEPTED -> EnumSet.of(TOTAL, DEADLINE);
            case PAYMENT_FAILED, PROOF_WANTED -> EnumSet.of(DEADLINE);
            case LATE_PAYMENT_REFUNDED, REFUND_MADE, REFUND_FAILED, PAYMENT_DISPUTED, DISPUTE_SETTLED ->
                EnumSet.of(AMOUNT);
            // Our text that follows states the amount and the end of an offer.
            case CONFIRMATION, EXPIRED, CANCELLED, PROOF_REFUSED, LINK, CONTACT_CHANGED ->
                EnumSet.noneOf(Placeholder.class);
        };
    }

    /** Returns the fields of a wording that require this placeholder: {@code subject}, {@code text}, both or neither. */
    public Set<String> neededIn(MailKind kind) {
        return Set.of("subject", "text").stream()
                .filter(field -> (field.equals("subject") ? neededInSubject() : neededInText(kind)).contains(this))
                .collect(Collectors.toUnmodifiableSet());
    }

    static Optional<Placeholder> written(String code) {
        return Arrays.stream(values()).filter(one -> one.code().equals(code)).findFirst();
    }
}
