package org.openingminute.registration.sale;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The times and prices of a conference's sale. Immutable.
 *
 * @param phases at least one; each begins when the previous one ends, so there is neither a gap nor an overlap
 */
public record Sale(List<Phase> phases) {

    /** @throws IllegalArgumentException if there is no phase, a gap or an overlap */
    public Sale {
        phases = List.copyOf(phases);
        if (phases.isEmpty()) {
            throw new IllegalArgumentException("a sale has at least one phase");
        }
        for (int i = 1; i < phases.size(); i++) {
            if (!phases.get(i).from().equals(phases.get(i - 1).end())) {
                throw new IllegalArgumentException(
                        "phase " + phases.get(i).code() + " does not begin where the previous one ends");
            }
        }
    }

    /** The state of a sale at an instant. */
    public sealed interface Moment {

        record NotOpen(Instant opensAt) implements Moment {}

        record Open(Phase phase) implements Moment {}

        /**
         * The sale is over.
         *
         * @param since the first instant after the last second that counted
         */
        record Closed(Instant since) implements Moment {}
    }

    public Moment phaseAt(Instant at) {
        if (at.isBefore(opensAt())) {
            return new Moment.NotOpen(opensAt());
        }
        return openPhase(at)
                .map(phase -> (Moment) new Moment.Open(phase))
                .orElseGet(() -> new Moment.Closed(phases.getLast().end()));
    }

    /** The phase that covers an instant, if one does. */
    public Optional<Phase> openPhase(Instant at) {
        return phases.stream().filter(phase -> phase.covers(at)).findFirst();
    }

    public Instant opensAt() {
        return phases.getFirst().from();
    }

    /** The last second in which something is sold. */
    public Instant closesAt() {
        return phases.getLast().until();
    }
}
