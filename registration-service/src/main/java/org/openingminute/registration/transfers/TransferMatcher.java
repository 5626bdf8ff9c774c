package org.openingminute.registration.transfers;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.registration.desk.TransferWords;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Money;

/** Decides which registrations a bank transfer may pay for. Pure. */
final class TransferMatcher {

    private TransferMatcher() {}

    /** How a transfer's amount relates to the amount due. */
    enum Match {
        /** The transfer pays exactly the amount due. */
        @JsonProperty("exact")
        EXACT,
        /** The transfer pays less. */
        @JsonProperty("part")
        PART,
        /** The transfer pays more; possibly nothing is due. */
        @JsonProperty("over")
        OVER,
        /** No registration matches, or the amounts cannot be compared. */
        @JsonProperty("unknown")
        UNKNOWN,
        /** The transfer is marked as paid already. */
        @JsonProperty("known")
        KNOWN
    }

    /**
     * A registration that a transfer may pay for.
     *
     * @param name of its contact
     * @param due the amount that a transfer would have to pay now
     */
    record TransferCandidate(UUID registration, String reference, String name, Money due) {

        static TransferCandidate of(Registration registration) {
            return new TransferCandidate(
                    registration.id(),
                    registration.reference(),
                    registration.contact().name(),
                    TransferWords.due(registration));
        }
    }

    /**
     * The result for one transfer.
     *
     * @param match compares the transfer with the first candidate
     * @param candidates the likeliest first
     */
    record Matched(Match match, List<TransferCandidate> candidates) {

        static final Matched NOTHING = new Matched(Match.UNKNOWN, List.of());

        Matched {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * Matches a transfer in three steps: an earlier mark of it, then registrations whose reference it contains, then registrations with
     * exactly this amount due.
     *
     * @param found the registrations that the transfer's numbers or the index led to; any other with the same amount due would match as
     *     well
     */
    static Matched match(BankTransfer transfer, Collection<Registration> found) {
        List<Registration> marked =
                found.stream().filter(one -> isMarked(one, transfer)).toList();
        if (!marked.isEmpty()) {
            return of(Match.KNOWN, marked);
        }
        @Nullable Money amount = transfer.amount();
        List<Registration> named = found.stream()
                .filter(one -> transfer.names(one.reference()))
                // Of several registrations with their reference in the transfer, the one with this amount due comes
                // first.
                .sorted(Comparator.comparing(one -> !TransferWords.due(one).equals(amount)))
                .toList();
        if (!named.isEmpty()) {
            return of(compare(amount, TransferWords.due(named.getFirst())), named);
        }
        List<Registration> owing = found.stream()
                .filter(one -> TransferWords.due(one).amount() > 0
                        && TransferWords.due(one).equals(amount))
                .toList();
        return owing.isEmpty() ? Matched.NOTHING : of(Match.EXACT, owing);
    }

    private static Matched of(Match match, List<Registration> registrations) {
        return new Matched(
                match,
                registrations.stream().distinct().map(TransferCandidate::of).toList());
    }

    private static boolean isMarked(Registration registration, BankTransfer transfer) {
        return registration.money().transfers().stream()
                .anyMatch(marked -> SingleLine.of(marked.reference()).equalsIgnoreCase(transfer.identity())
                        && (transfer.amount() == null || marked.amount().equals(transfer.amount())));
    }

    private static Match compare(@Nullable Money amount, Money due) {
        if (amount == null || amount.amount() <= 0 || !amount.currency().equals(due.currency())) {
            return Match.UNKNOWN;
        }
        int more = Long.compare(amount.amount(), due.amount());
        return more == 0 ? Match.EXACT : more < 0 ? Match.PART : Match.OVER;
    }
}
