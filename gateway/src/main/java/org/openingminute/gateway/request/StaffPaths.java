package org.openingminute.gateway.request;

/** Recognises the paths of pages for staff. A path is given as it was sent, without its query. */
public final class StaffPaths {

    private StaffPaths() {}

    /** Whether the path belongs to the desk. */
    public static boolean isOfDesk(String path) {
        return isUnder("/desk", path);
    }

    /** Whether the path belongs to the desk or to check-in, the pages for staff of a conference. */
    public static boolean isOfConferences(String path) {
        return isOfDesk(path) || isUnder("/check-in", path);
    }

    /** Whether the path belongs to any page for staff: desk, check-in or operators. */
    public static boolean isAny(String path) {
        return isOfConferences(path) || isUnder("/ops", path);
    }

    private static boolean isUnder(String page, String path) {
        return path.startsWith(page) && (path.length() == page.length() || path.charAt(page.length()) == '/');
    }
}
