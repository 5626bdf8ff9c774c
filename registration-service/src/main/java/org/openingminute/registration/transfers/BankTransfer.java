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
 * @param text all that the bank says about the transfer, such as payer and purpose
 * @param reference the bank's own reference; {@code null} if there is none
 * @param amount {@code null} if the line has none
 * @param receivedAt {@code null} if the line has no date
 */
record BankTransfer(
        @Nullable String text,
        @Nullable String reference,
        @Nullable Money amount,
        @Nullable Instant receivedAt) {

    /** Placeholders that banks write if the payer gave no reference; they identify no transfer. */
    private static final Set<String> NO_REFERENCE = Set.of("NOTPROVIDED", "NONREF");

    /** The most characters of a text or a reference. */
    static final int LONGEST = 500;

    /** Returns the start of the day in the conference's time zone. */
    static Instant arrival(LocalDate day, Conference conference) {
        return day.atStartOfDay(conference.definition().timeZone()).toInstant();
    }

    /** Returns when the transfer counts as arrived: now if the line has no date or one in the future. */
    Instant arrivedBy(Instant now) {
        return receivedAt == null || receivedAt.isAfter(now) ? now : receivedAt;
    }

    /** Returns a key that is equal for repetitions of the same transfer. */
    String matchKey() {
        return identity().toLowerCase(Locale.ROOT) + " " + amount;
    }

    /** Returns the reference and the text together. */
    String words() {
        return Stream.of(reference, text).filter(part -> part != null).collect(Collectors.joining(" "));
    }

    /** Returns what identifies the transfer once it is marked as paid: the bank's reference, or the text if there is none, on one line. */
    String identity() {
        String own = reference == null ? "" : reference.strip();
        return SingleLine.of(
                own.isEmpty() || NO_REFERENCE.contains(own.toUpperCase(Locale.ROOT)) ? String.valueOf(text) : own);
    }

    /** Whether the transfer contains a registration's reference, ignoring differences in spelling. */
    boolean names(String ofRegistration) {
        return ReferenceCodes.folded(words()).contains(ReferenceCodes.folded(ofRegistration));
    }
}
