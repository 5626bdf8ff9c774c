package org.openingminute.payment.reconciliation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderPayments;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.reconciliation.Comparison.Difference;
import org.openingminute.payment.reconciliation.Comparison.OurPayment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Holds ledger, state and each provider's own list against each other: what is new often, all of it now and then. What differs
 * in three looks in a row is a figure, a line in the log, and a person's to look at; but for money that nobody told us of.
 */
@Component
final class ReconciliationJob extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(ReconciliationJob.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration NEW_IN_LEDGER = Duration.ofDays(2);
    private static final Duration NEW_AT_PROVIDER = Duration.ofDays(1);
    /** Refunds and disputes come that late, and hardly later. */
    private static final Duration ALL_AT_PROVIDER = Duration.ofDays(180);
    /** How late a provider may show a payment in its list, and how far its clock may be from ours. */
    private static final Duration SHOWN_WITHIN = Duration.ofMinutes(10);

    private final ReconciliationRepository books;
    private final Providers providers;
    private final OrphanedCaptures untold;
    private final Clock clock;
    private final Duration every;

    ReconciliationJob(
            ReconciliationRepository books,
            Providers providers,
            OrphanedCaptures untold,
            Clock clock,
            PaymentServiceSettings settings) {
        super("books", PAUSE);
        this.books = books;
        this.providers = providers;
        this.untold = untold;
        this.clock = clock;
        this.every = settings.booksCheckedEvery();
    }

    @Override
    protected boolean work() {
        Instant now = clock.instant();
        books.claim(now).ifPresent(turn -> {
            try {
                check(turn, now);
            } finally {
                books.nextTurn(clock.instant().plus(every));
            }
        });
        return false;
    }

    private void check(ReconciliationRepository.Turn turn, Instant now) {
        List<String> known = books.knownOf("ledger");
        note(books.ledgerAgainstState(known), known, now);
        List<Difference> fresh =
                books.ledgerAgainstState(turn.whole() ? Instant.EPOCH : now.minus(NEW_IN_LEDGER)).stream()
                        .filter(difference -> !known.contains(difference.about()))
                        .toList();
        note(fresh, List.of(), now);
        for (CardProvider provider : providers.cards()) {
            try {
                compare(provider, turn, now);
            } catch (ProviderUnavailable e) {
                log.warn("The books are held against those of {} later: {}", provider.name(), e.getMessage());
                return;
            }
        }
        books.checked(turn, now);
    }

    private void compare(CardProvider provider, ReconciliationRepository.Turn turn, Instant now) {
        Instant since = now.minus(turn.whole() ? ALL_AT_PROVIDER : NEW_AT_PROVIDER);
        Set<String> shown = new HashSet<>();
        @Nullable String after = null;
        do {
            ProviderPayments page = provider.payments(since, after);
            List<String> names =
                    page.entries().stream().map(ProviderPayments.Entry::payment).toList();
            shown.addAll(names);
            Map<String, OurPayment> ours = books.known(provider.name(), names);
            note(
                    Comparison.of(provider.name(), page.entries(), ours),
                    names.stream().map(name -> about(provider, name)).toList(),
                    now);
            untold.take(provider, page.entries(), ours.keySet());
            after = page.next();
        } while (after != null);
        List<Difference> missing =
                books.captured(provider.name(), since.plus(SHOWN_WITHIN), now.minus(SHOWN_WITHIN)).stream()
                        .filter(our -> !shown.contains(our.payment()))
                        .map(our -> Comparison.notTheirs(provider.name(), our))
                        .toList();
        // What was shown was looked at above; of the rest all is known only when everything was looked at.
        Set<String> lookedAt = shown.stream().map(name -> about(provider, name)).collect(Collectors.toSet());
        List<String> rest = turn.whole()
                ? books.knownOf(provider.name()).stream()
                        .filter(about -> !lookedAt.contains(about))
                        .toList()
                : List.of();
        note(missing, rest, now);
    }

    private static String about(CardProvider provider, String payment) {
        return provider.name() + " " + payment;
    }

    /** @param lookedAt all that was looked at, or that could have been found */
    private void note(List<Difference> found, List<String> lookedAt, Instant now) {
        Set<String> differing = found.stream().map(Difference::about).collect(Collectors.toSet());
        // Where there is more than was read, nothing is known to agree.
        List<String> agreeing = found.size() == ReconciliationRepository.SOME
                ? List.of()
                : lookedAt.stream().filter(about -> !differing.contains(about)).toList();
        books.note(found, agreeing, now)
                .forEach(difference -> log.error(
                        "The books differ: {} of registration {}: {}",
                        difference.about(),
                        difference.registration(),
                        difference.what()));
    }
}
