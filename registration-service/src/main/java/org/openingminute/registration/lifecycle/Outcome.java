package org.openingminute.registration.lifecycle;

import java.util.List;

/** What the table says about a trigger in a state. */
public sealed interface Outcome {

    /** The registration goes to (or stays in) a state, with these effects in this order. */
    record Move(Status to, List<Effect> effects) implements Outcome {

        public Move {
            effects = List.copyOf(effects);
        }
    }

    /** The caller is told {@code not-allowed-now}; nothing changes. */
    record Refuse(String why) implements Outcome {}

    /** Nothing changes and nobody need be told: the news is old, or another's to act on. */
    record Nothing(String why) implements Outcome {}
}
