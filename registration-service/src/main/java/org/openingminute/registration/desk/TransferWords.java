package org.openingminute.registration.desk;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.registration.desk.IndexEntry.Facet;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Money;

/** The words of the desk's index that link bank transfers to registrations. Pure. */
public final class TransferWords {

    /** How many words of a transfer's text are used; a bank's line has 140 characters. */
    private static final int MOST_WORDS = 40;

    private TransferWords() {}

    /** Returns the words of a registration: the amount due, and each transfer that was marked as paid. */
    static Set<String> of(Registration registration) {
        Set<String> words = new LinkedHashSet<>();
        Money due = due(registration);
        if (due.amount() > 0) {
            words.add(due(due));
        }
        registration.money().transfers().forEach(marked -> words.add(marked(marked.reference(), marked.amount())));
        return words;
    }

    /**
     * Returns the amount that a transfer would have to pay now; zero if the registration is paid, is being booked, or can no longer be
     * paid.
     */
    public static Money due(Registration registration) {
        Money total = registration.total();
        long left = switch (registration.status()) {
            case PENDING_REVIEW -> total.amount();
            case PENDING_PAYMENT -> total.amount() - registration.parts().amount();
            // Earlier part payments are being refunded, so the whole amount is due at once.
            case EXPIRED -> registration.isBeingBooked() ? 0 : total.amount();
            case CONFIRMED, REJECTED, CANCELLED -> 0;
        };
        return new Money(Math.max(0, left), total.currency());
    }

    /**
     * The queries that find the registrations for a transfer.
     *
     * @param mark finds registrations for which this transfer was marked as paid
     * @param any finds these, and also registrations for which this amount is due and that have two adjacent words of the transfer's text
     */
    public record TransferQuery(String mark, String any) {

        /** Matches no registration. */
        static final TransferQuery NOTHING = new TransferQuery("", "");
    }

    /**
     * Builds the queries for a transfer.
     *
     * @param reference the reference under which the transfer is marked as paid
     * @param amount {@code null} if the transfer has none; such a transfer matches nothing
     */
    public static TransferQuery query(String reference, @Nullable Money amount, String text) {
        if (amount == null) {
            return TransferQuery.NOTHING;
        }
        String mark = SearchWords.quoted(marked(reference, amount));
        @Nullable String names = amount.amount() > 0 ? SearchWords.adjacentWords(text, MOST_WORDS) : null;
        return new TransferQuery(
                mark, names == null ? mark : mark + " | (" + SearchWords.quoted(due(amount)) + " & (" + names + "))");
    }

    private static String due(Money amount) {
        return Facet.DUE.word(written(amount));
    }

    /** Hashes the reference, because references are of any length and content and a word of the index is short. */
    private static String marked(String reference, Money amount) {
        String known = SingleLine.of(reference).toLowerCase(Locale.ROOT) + " " + written(amount);
        return Facet.TRANSFER.word(RequestHash.of(known).hex().substring(0, 32));
    }

    private static String written(Money amount) {
        return amount.currency() + " " + amount.amount();
    }
}
