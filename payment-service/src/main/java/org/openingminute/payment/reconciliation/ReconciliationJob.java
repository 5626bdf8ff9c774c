package org.openingminute.payment.reconciliation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderPayments;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.reconciliation.Comparison.Difference;
import org.openingminute.payment.reconciliation.Comparison.OurPayment;
import org.openingminute.payment.store.OpenWorkComparison;
import org.openingminute.payment.store.OpenWorkComparison.OpenWorkDifference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compares the ledger, the state, the documents and each provider's own list: new payments often, all payments from time to time and then
 * their open work, too. A difference that three consecutive checks find is counted by a metric, logged, and left for a person to resolve,
 * unless it is an orphaned capture.
 */
@Component
final class ReconciliationJob extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(ReconciliationJob.class);
    private static final String OPEN_WORK = "open-work";
    private static final Duration NEW_IN_LEDGER = Duration.ofDays(2);
    private static final Duration NEW_AT_PROVIDER = Duration.ofDays(1);
    /** Refunds and disputes are rarely later than this. */
    private static final Duration ALL_AT_PROVIDER = Duration.ofDays(180);
    /** The tolerance for payments that a provider lists late, and for the provider's clock. */
    private static final Duration SHOWN_WITHIN = Duration.ofMinutes(10);

    private final ReconciliationRepository repository;
    private final Providers providers;
    private final OrphanedCaptures orphanedCaptures;
    private final OpenWorkComparison openWork;
    private final Clock clock;
    private final Duration every;
    /** Lists that are not completely read yet, by provider's name. Used only by the job's thread. */
    private final Map<String, ListReading> readings = new HashMap<>();

    ReconciliationJob(
            ReconciliationRepository repository,
            Providers providers,
            OrphanedCaptures orphanedCaptures,
            OpenWorkComparison openWork,
            Clock clock,
            PaymentServiceSettings settings) {
        super("reconciliation");
        this.repository = repository;
        this.providers = providers;
        this.orphanedCaptures = orphanedCaptures;
        this.openWork = openWork;
        this.clock = clock;
        this.every = settings.booksCheckedEvery();
    }

    @Override
    public String dueAt() {
        return "select next_at from books_check";
    }

    @Override
    protected boolean work() {
        Instant now = clock.instant();
        repository.claim(now).ifPresent(turn -> {
            try {
                check(turn, now);
            } finally {
                repository.nextTurn(clock.instant().plus(every));
            }
        });
        return false;
    }

    private void check(ReconciliationRepository.Turn turn, Instant now) {
        Instant since = now.minus(NEW_IN_LEDGER);
        checkOwn(
                "ledger",
                repository::ledgerAgainstState,
                turn.whole() ? repository.ledgerAgainstState() : repository.ledgerAgainstState(since),
                now);
        checkOwn(
                "documents",
                repository::documentsAgainstMoney,
                turn.whole() ? repository.documentsAgainstMoney() : repository.documentsAgainstMoney(since),
                now);
        checkOwn(
                OPEN_WORK,
                named -> differences(openWork.of(named.stream()
                        .map(about -> UUID.fromString(about.substring(OPEN_WORK.length() + 1)))
                        .toList())),
                turn.whole() ? differences(openWork.ofAll()) : List.of(),
                now);
        boolean whole = turn.whole();
        Instant asOf = now;
        for (CardProvider provider : providers.cards()) {
            try {
                ListReading read = compare(provider, turn, now);
                whole &= read.isWhole();
                asOf = read.begunAt().isBefore(asOf) ? read.begunAt() : asOf;
            } catch (ProviderUnavailable e) {
                log.warn("Reconciliation with {} stopped, going on there later: {}", provider.name(), e.getMessage());
                return;
            }
        }
        repository.checked(new ReconciliationRepository.Turn(whole), asOf);
    }

    private static List<Difference> differences(List<OpenWorkDifference> found) {
        return found.stream()
                .limit(ReconciliationRepository.SOME)
                .map(one -> new Difference(OPEN_WORK + " " + one.registration(), one.registration(), one.what()))
                .toList();
    }

    /**
     * Records the differences between our own tables.
     *
     * @param again compares the previously found differences once more
     */
    private void checkOwn(
            String book, Function<List<String>, List<Difference>> again, List<Difference> found, Instant now) {
        List<String> known = repository.knownOf(book);
        note(again.apply(known), known, now);
        note(
                found.stream()
                        .filter(difference -> !known.contains(difference.about()))
                        .toList(),
                List.of(),
                now);
    }

    /** Compares a provider's list, or its remaining pages if an earlier run failed on a page. */
    private ListReading compare(CardProvider provider, ReconciliationRepository.Turn turn, Instant now) {
        ListReading reading = readings.get(provider.name());
        if (reading == null || !reading.mayGoOn(now)) {
            Instant since = now.minus(turn.whole() ? ALL_AT_PROVIDER : NEW_AT_PROVIDER);
            reading = new ListReading(now, since, turn.whole());
            readings.put(provider.name(), reading);
        }
        reading.readRest(provider::payments, page -> compare(provider, page, now));
        readings.remove(provider.name());
        Set<String> listed = reading.listed();
        List<Difference> missing = repository
                .captured(
                        provider.name(),
                        reading.since().plus(SHOWN_WITHIN),
                        reading.begunAt().minus(SHOWN_WITHIN))
                .stream()
                .filter(our -> !listed.contains(our.payment()))
                .map(our -> Comparison.notTheirs(provider.name(), our))
                .toList();
        // Listed payments were compared above. The remaining known differences can only be resolved after a check of
        // all payments.
        Set<String> checked = listed.stream().map(name -> about(provider, name)).collect(Collectors.toSet());
        List<String> rest = reading.isWhole()
                ? repository.knownOf(provider.name()).stream()
                        .filter(about -> !checked.contains(about))
                        .toList()
                : List.of();
        note(missing, rest, now);
        return reading;
    }

    private void compare(CardProvider provider, ProviderPayments page, Instant now) {
        List<String> names = page.entries().stream()
                .map(ProviderPayments.ListedPayment::payment)
                .toList();
        Map<String, OurPayment> ours = repository.known(provider.name(), names);
        note(
                Comparison.of(provider.name(), page.entries(), ours),
                names.stream().map(name -> about(provider, name)).toList(),
                now);
        orphanedCaptures.adopt(provider, page.entries(), ours.keySet());
    }

    private static String about(CardProvider provider, String payment) {
        return provider.name() + " " + payment;
    }

    /**
     * Records differences.
     *
     * @param checked everything that was compared or could have been found
     */
    private void note(List<Difference> found, List<String> checked, Instant now) {
        Set<String> differing = found.stream().map(Difference::about).collect(Collectors.toSet());
        // After a full page there may be more differences, so nothing counts as agreeing.
        List<String> agreeing = found.size() == ReconciliationRepository.SOME
                ? List.of()
                : checked.stream().filter(about -> !differing.contains(about)).toList();
        repository
                .note(found, agreeing, now)
                .forEach(difference -> log.error(
                        "Reconciliation found a difference: {} of registration {}: {}",
                        difference.about(),
                        difference.registration(),
                        difference.what()));
    }
}
