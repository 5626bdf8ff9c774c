package org.openingminute.kit.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Decides whether a response is for a browser or for a program. */
public final class Page {

    private Page() {}

    /** Whether an {@code Accept} header prefers HTML to JSON. Without a preference the response is JSON. */
    public static boolean wantedBy(@Nullable String accept) {
        if (accept == null || !accept.contains("text/html")) {
            return false;
        }
        try {
            double html = -1;
            double json = -1;
            for (MediaType type : MediaType.parseMediaTypes(accept)) {
                if (type.equalsTypeAndSubtype(MediaType.TEXT_HTML)) {
                    html = Math.max(html, type.getQualityValue());
                } else if (type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)) {
                    json = Math.max(json, type.getQualityValue());
                }
            }
            return html > 0 && html >= json;
        } catch (InvalidMediaTypeException _) {
            return false;
        }
    }
}
