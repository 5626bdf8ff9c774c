package org.openingminute.ui.part;

import java.util.Locale;

/** How something stands, which a colour shows beside its word. */
public enum Tone {
    NEUTRAL,
    GOOD,
    WAIT,
    BAD;

    /** The class in the stylesheet. */
    public String style() {
        return name().toLowerCase(Locale.ROOT);
    }
}
