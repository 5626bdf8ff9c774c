package org.openingminute.registration.pages;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** Where a browser goes on after a form. */
final class Redirects {

    private Redirects() {}

    /**
     * Sends the browser to another page of ours with GET.
     *
     * @param path stays a path: this service does not know the name that the browser knows the gateway by
     */
    static void seeOther(HttpServletResponse response, String path) {
        response.setStatus(HttpStatus.SEE_OTHER.value());
        response.setHeader(HttpHeaders.LOCATION, path);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
    }
}
