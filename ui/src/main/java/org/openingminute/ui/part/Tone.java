package org.openingminute.ui.part;

import java.util.Locale;

/** The severity of a state, shown as a colour beside its label. */
public enum Tone {
    NEUTRAL,
    GOOD,
    WAIT,
    BAD;

    /** The CSS class. */
    public String style() {
        return name().toLowerCase(Locale.ROOT);
    }
}
