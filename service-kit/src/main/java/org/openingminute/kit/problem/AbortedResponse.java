package org.openingminute.kit.problem;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Aborts a response that has begun and cannot be finished, so that the client sees it as incomplete. A handler cannot do so by throwing:
 * Spring MVC would append a problem document to what was sent, and end the response as if it were complete.
 */
public final class AbortedResponse {

    private static final String ATTRIBUTE = AbortedResponse.class.getName();

    private AbortedResponse() {}

    /** Closes the connection once the handler has returned, without the end of the response. */
    public static void mark(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, true);
    }

    static boolean isMarked(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) != null;
    }
}
