package org.openingminute.registration.conferences;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.SaleTerms;

/**
 * Decides which sale notices of a conference are due at an instant, whether published or not. None is due while the sale is paused or over,
 * or for a deadline that has passed: a late notice is useless.
 */
final class DueSaleNotices {

    private DueSaleNotices() {}

    /**
     * Returns the notices that are due now.
     *
     * @param now business time
     * @param before how long before a phase's end the notice is due; half of the phase, if that is shorter
     */
    static List<SaleNotice> of(Conference conference, Instant now, Duration before) {
        SaleTerms terms = conference.definition().registration();
        @Nullable Phase phase = conference.open() ? terms.sale().openPhase(now).orElse(null) : null;
        if (phase == null) {
            return List.of();
        }
        List<SaleNotice> due = new ArrayList<>();
        due.add(notice(SaleNotice.SaleNoticeKind.SALE_OPENED, terms, phase, now));
        if (after(phase, terms) != null && !now.isBefore(near(phase, before))) {
            due.add(notice(SaleNotice.SaleNoticeKind.DEADLINE_NEAR, terms, phase, now));
        }
        return due;
    }

    /**
     * Returns the next instant at which another notice may become due; {@link Instant#MAX} if none will, unless the conference changes.
     *
     * @param now business time
     * @param before as for {@link #of}
     */
    static Instant next(Conference conference, Instant now, Duration before) {
        return conference.definition().registration().phases().stream()
                .filter(_ -> conference.open())
                .flatMap(phase -> Stream.of(phase.from(), near(phase, before)))
                .filter(now::isBefore)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private static Instant near(Phase phase, Duration before) {
        Duration half = Duration.between(phase.from(), phase.end()).dividedBy(2);
        return phase.end().minus(before.compareTo(half) < 0 ? before : half);
    }

    private static SaleNotice notice(SaleNotice.SaleNoticeKind kind, SaleTerms terms, Phase phase, Instant now) {
        @Nullable Phase next = after(phase, terms);
        return new SaleNotice(
                kind,
                now,
                published(phase),
                next == null ? null : published(next),
                terms.categories().stream()
                        .filter(category -> !category.needsVoucher())
                        .map(category -> price(category, terms.currency(), phase, next))
                        .toList());
    }

    private static @Nullable Phase after(Phase phase, SaleTerms terms) {
        int next = terms.phases().indexOf(phase) + 1;
        return next < terms.phases().size() ? terms.phases().get(next) : null;
    }

    private static SaleNotice.PublishedPhase published(Phase phase) {
        return new SaleNotice.PublishedPhase(phase.code(), phase.name(), phase.until());
    }

    private static SaleNotice.PhasePrice price(Category category, String currency, Phase phase, @Nullable Phase next) {
        return new SaleNotice.PhasePrice(
                category.code(),
                category.name(),
                new Money(category.amountIn(phase), currency),
                next == null ? null : new Money(category.amountIn(next), currency));
    }
}
