package org.openingminute.registration.transfers;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.openingminute.registration.sale.Money;

/**
 * A line of a bank statement. Immutable.
 *
 * @param text whatever the bank says of it: payer, purpose
 * @param reference the bank's own, if there is one
 * @param amount {@code null} if the line has none
 * @param receivedAt {@code null} if the line does not tell
 */
record BankTransfer(
        @Nullable String text,
        @Nullable String reference,
        @Nullable Money amount,
        @Nullable Instant receivedAt) {

    /** What banks write where the payer gave no reference, in many transfers alike. */
    private static final Set<String> NO_REFERENCE = Set.of("NOTPROVIDED", "NONREF");

    /** The most characters of a text or reference. */
    static final int LONGEST = 500;

    /** The beginning of a day where the conference is, but not a time that has not come. */
    static Instant arrival(LocalDate day, Conference conference, Instant now) {
        Instant began = day.atStartOfDay(conference.definition().timeZone()).toInstant();
        return began.isAfter(now) ? now : began;
    }

    /** What it has in common with the same line, should that come again. */
    String sameness() {
        return identity().toLowerCase(Locale.ROOT) + " " + amount;
    }

    /** All that is written in it. */
    String words() {
        return Stream.of(reference, text).filter(part -> part != null).collect(Collectors.joining(" "));
    }

    /** By which it is marked as paid and recognised when it comes again: the bank's reference or else the text, in one line. */
    String identity() {
        String own = reference == null ? "" : reference.strip();
        return SingleLine.of(
                own.isEmpty() || NO_REFERENCE.contains(own.toUpperCase(Locale.ROOT)) ? String.valueOf(text) : own);
    }

    /** Whether a registration's reference stands in it, however it is spelled there. */
    boolean names(String ofRegistration) {
        return ReferenceCodes.folded(words()).contains(ReferenceCodes.folded(ofRegistration));
    }
}
