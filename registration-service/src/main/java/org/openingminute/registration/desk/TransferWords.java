package org.openingminute.registration.desk;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.registration.desk.IndexEntry.Facet;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Money;

/** The words of the desk's index by which a bank transfer leads to registrations. Pure. */
public final class TransferWords {

    /** Of a text: a bank's line has 140 characters. */
    private static final int MOST_WORDS = 40;

    private TransferWords() {}

    /** Of a registration: what is due, and each transfer that was marked. */
    static Set<String> of(Registration registration) {
        Set<String> words = new LinkedHashSet<>();
        Money due = due(registration);
        if (due.amount() > 0) {
            words.add(due(due));
        }
        registration.money().transfers().forEach(marked -> words.add(marked(marked.reference(), marked.amount())));
        return words;
    }

    /** What a transfer would have to bring now; nothing where it is paid for or being booked, and where it cannot be paid any more. */
    public static Money due(Registration registration) {
        Money total = registration.total();
        long left = switch (registration.status()) {
            case PENDING_REVIEW -> total.amount();
            case PENDING_PAYMENT -> total.amount() - registration.parts().amount();
            // Parts are on their way back, so that all of it has to come at once.
            case EXPIRED -> registration.isBeingBooked() ? 0 : total.amount();
            case CONFIRMED, REJECTED, CANCELLED -> 0;
        };
        return new Money(Math.max(0, left), total.currency());
    }

    /**
     * A query for registrations for which a transfer was marked, and for those that wait for its amount and of which two words stand beside
     * each other in its text.
     *
     * @param reference by which it is marked
     * @return empty if there can be none
     */
    public static Optional<String> query(String reference, @Nullable Money amount, String text) {
        if (amount == null) {
            return Optional.empty();
        }
        @Nullable String names = amount.amount() > 0 ? SearchWords.neighbours(text, MOST_WORDS) : null;
        return Optional.of(Stream.of(
                        SearchWords.quoted(marked(reference, amount)),
                        names == null ? "" : "(" + SearchWords.quoted(due(amount)) + " & (" + names + "))")
                .filter(one -> !one.isEmpty())
                .collect(Collectors.joining(" | ")));
    }

    private static String due(Money amount) {
        return Facet.DUE.word(written(amount));
    }

    /** References are long and anybody's: their hash is a word of the same length always. */
    private static String marked(String reference, Money amount) {
        String known = SingleLine.of(reference).toLowerCase(Locale.ROOT) + " " + written(amount);
        return Facet.TRANSFER.word(RequestHash.of(known).hex().substring(0, 32));
    }

    private static String written(Money amount) {
        return amount.currency() + " " + amount.amount();
    }
}
