package org.openingminute.kit.problem;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Cuts off an answer that has begun and cannot be finished. An exception would do that only outside of Spring MVC, which answers it with
 * a problem behind what was sent: the whole would look complete.
 */
public final class CutOff {

    private static final String ATTRIBUTE = CutOff.class.getName();

    private CutOff() {}

    /** Has the connection closed without the answer's end, once the handler has returned. */
    public static void mark(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, true);
    }

    static boolean isMarked(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) != null;
    }
}
