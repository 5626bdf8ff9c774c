package org.openingminute.kit.startup;

/** The switch by which all services know whether anonymous callers are rate-limited. */
public final class Limits {

    private Limits() {}

    /**
     * Whether limits are on.
     *
     * @param configured the value of {@code LIMITS}: {@code on}, {@code off}, or empty for {@code off} in a rehearsal and {@code on}
     *     otherwise. YAML turns {@code on} and {@code off} into booleans, which are accepted as well
     * @throws CannotStart for any other value
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
