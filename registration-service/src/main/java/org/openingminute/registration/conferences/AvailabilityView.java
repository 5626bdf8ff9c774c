package org.openingminute.registration.conferences;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.Sale;

/**
 * The availability of a conference.
 *
 * @param state {@code not-open}, {@code open}, {@code paused}, {@code sold-out} or {@code closed}
 * @param asOf business time
 * @param phase the phase whose prices apply; {@code null} outside the sale
 * @param waitingList whether a waiting list can be joined
 */
public record AvailabilityView(
        String state, Instant asOf, @Nullable PhaseNow phase, List<CategoryLeft> categories, boolean waitingList) {

    /** The phase and its last second. */
    public record PhaseNow(String code, String name, Instant until) {}

    /**
     * The availability of a category.
     *
     * @param price in the current phase; before the sale in the first phase; {@code null} after the sale
     * @param left {@code plenty}, {@code few} or {@code none}
     */
    public record CategoryLeft(String code, @Nullable Money price, String left) {}

    /** Returns the same availability with another instant, for comparisons. */
    public AvailabilityView asOf(Instant instant) {
        return new AvailabilityView(state, instant, phase, categories, waitingList);
    }

    static CategoryLeft left(Conference conference, Category category, Sale.Moment moment, Availability.Level level) {
        String currency = conference.definition().registration().currency();
        @Nullable
        Money price = switch (moment) {
            case Sale.Moment.Open(Phase phase) -> new Money(category.amountIn(phase), currency);
            case Sale.Moment.NotOpen ignored ->
                new Money(
                        category.amountIn(
                                conference.definition().registration().phases().getFirst()),
                        currency);
            case Sale.Moment.Closed ignored -> null;
        };
        return new CategoryLeft(category.code(), price, level.name().toLowerCase(Locale.ROOT));
    }

    static AvailabilityView of(
            Conference conference,
            Sale.Moment moment,
            Instant now,
            List<CategoryLeft> categories,
            boolean nothingLeft) {
        @Nullable
        PhaseNow phase = moment instanceof Sale.Moment.Open(Phase open)
                ? new PhaseNow(open.code(), open.name(), open.until())
                : null;
        return new AvailabilityView(state(conference, moment, nothingLeft), now, phase, categories, false);
    }

    private static String state(Conference conference, Sale.Moment moment, boolean nothingLeft) {
        return switch (moment) {
            case Sale.Moment.NotOpen ignored -> "not-open";
            case Sale.Moment.Closed ignored -> "closed";
            case Sale.Moment.Open ignored when !conference.open() -> "paused";
            case Sale.Moment.Open ignored -> nothingLeft ? "sold-out" : "open";
        };
    }
}
