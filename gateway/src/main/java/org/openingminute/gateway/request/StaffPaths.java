package org.openingminute.gateway.request;

import java.util.List;

/** Which paths are those of pages for staff. A path is as it was sent, without its query. */
public final class StaffPaths {

    private static final String DESK = "/desk";
    private static final String DOOR = "/check-in";
    private static final String OPERATORS = "/ops";

    private static final List<String> OF_DESK = List.of(DESK);
    private static final List<String> OF_CONFERENCES = List.of(DESK, DOOR);
    private static final List<String> ALL = List.of(DESK, DOOR, OPERATORS);

    private StaffPaths() {}

    /** Whether the path is one of the desk. */
    public static boolean isOfDesk(String path) {
        return isIn(OF_DESK, path);
    }

    /** Whether it is one of the desk or of the door, on which staff of a conference work. */
    public static boolean isOfConferences(String path) {
        return isIn(OF_CONFERENCES, path);
    }

    /** Whether the path is a staff page: desk, check-in or operators. */
    public static boolean isAny(String path) {
        return isIn(ALL, path);
    }

    private static boolean isIn(List<String> pages, String path) {
        for (String page : pages) {
            if (path.startsWith(page) && (path.length() == page.length() || path.charAt(page.length()) == '/')) {
                return true;
            }
        }
        return false;
    }
}
