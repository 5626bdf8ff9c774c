package org.openingminute.gateway.edge;

import org.openingminute.gateway.GatewaySettings;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** The security headers of every response, whichever part of the system created it. */
@Component
class SecurityHeaders {

    private static final String POLICY = "default-src 'self'; style-src %s; img-src 'self' data:; frame-src 'self'; "
            + "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' %s %s";

    private final String policy;
    private final String mailboxPolicy;
    private final boolean https;

    SecurityHeaders(GatewaySettings settings) {
        // Browsers also apply form-action to the redirect that answers a form.
        String pay = settings.paymentPages();
        policy = POLICY.formatted("'self'", settings.publicUrl(), pay);
        // A mail in the rehearsal's mailbox is shown in a frame. The frame inherits the page's policy, and mails are
        // styled inline.
        mailboxPolicy = POLICY.formatted("'self' 'unsafe-inline'", settings.publicUrl(), pay);
        https = settings.isHttps();
    }

    void set(String path, HttpHeaders headers) {
        headers.set("Content-Security-Policy", isMailbox(path) ? mailboxPolicy : policy);
        headers.set("X-Content-Type-Options", "nosniff");
        // Not no-referrer: a browser would then send "Origin: null" with a form, and writes by cookie need the origin.
        headers.set("Referrer-Policy", "same-origin");
        headers.set(
                "Permissions-Policy",
                "camera="
                        + (isCheckIn(path) ? "(self)" : "()")
                        + ", geolocation=(), microphone=(), payment=(), usb=()");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        if (https) {
            headers.set("Strict-Transport-Security", "max-age=31536000");
        }
    }

    /** Whether a page scans tickets, and therefore needs the camera. */
    private static boolean isCheckIn(String path) {
        return path.startsWith("/check-in/");
    }

    private static boolean isMailbox(String path) {
        return path.equals("/mailbox") || path.startsWith("/mailbox/");
    }
}
