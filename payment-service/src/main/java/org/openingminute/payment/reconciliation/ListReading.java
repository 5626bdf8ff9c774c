package org.openingminute.payment.reconciliation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderPayments;
import org.openingminute.payment.provider.ProviderPayments.ListedPayment;

/** The progress of reading a provider's list. After a failed page, a later run continues there. Used by one thread. */
final class ListReading {

    /** After this time, the pages read first are too old for a comparison. */
    private static final Duration GOES_ON_WITHIN = Duration.ofHours(1);

    private final Instant begunAt;
    private final Instant since;
    private final boolean whole;
    private final Set<String> listed = new HashSet<>();
    private @Nullable String after;
    private boolean ended;

    /** @param whole whether the list has all payments since that instant */
    ListReading(Instant begunAt, Instant since, boolean whole) {
        this.begunAt = begunAt;
        this.since = since;
        this.whole = whole;
    }

    /**
     * Reads the remaining pages.
     *
     * @param pages returns a page for the start of the list and a cursor; it may throw
     * @param compared receives each page before it counts as read
     */
    void readRest(BiFunction<Instant, @Nullable String, ProviderPayments> pages, Consumer<ProviderPayments> compared) {
        while (!ended) {
            ProviderPayments page = pages.apply(since, after);
            compared.accept(page);
            page.entries().stream().map(ListedPayment::payment).forEach(listed::add);
            after = page.next();
            ended = after == null;
        }
    }

    boolean mayGoOn(Instant now) {
        return now.isBefore(begunAt.plus(GOES_ON_WITHIN));
    }

    Instant begunAt() {
        return begunAt;
    }

    Instant since() {
        return since;
    }

    boolean isWhole() {
        return whole;
    }

    /** Returns the provider's names of the listed payments. */
    Set<String> listed() {
        return listed;
    }
}
