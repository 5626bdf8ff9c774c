package org.openingminute.kit.startup;

/** The one switch by which all services know whether anonymous callers are held back. */
public final class Limits {

    private Limits() {}

    /**
     * Whether they are.
     *
     * @param configured {@code LIMITS}: {@code on}, {@code off}, or empty for {@code off} in a rehearsal and else {@code on}; YAML
     *     reads the first two as truth values
     * @throws CannotStart for any other text
     */
    public static boolean areOn(String configured, boolean rehearsal) {
        return switch (configured) {
            case "" -> !rehearsal;
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new CannotStart("LIMITS must be on or off");
        };
    }
}
