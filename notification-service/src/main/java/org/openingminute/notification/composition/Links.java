package org.openingminute.notification.composition;

import java.util.UUID;

/**
 * The links of a mail. The access token follows a {@code #}, so that no server logs it; the page at the link opens the registration, or
 * continues to the requested document.
 *
 * @param publicUrl the public URL of the gateway, without a trailing slash
 */
record Links(String publicUrl, String token) {

    String registration() {
        return publicUrl + "/open#" + token;
    }

    String receipt() {
        return to("receipt");
    }

    String invoice() {
        return to("invoice");
    }

    String creditNote() {
        return to("credit-note");
    }

    String ticket(UUID attendee) {
        return to("ticket." + attendee);
    }

    String calendar(UUID attendee) {
        return to("calendar." + attendee);
    }

    private String to(String document) {
        return publicUrl + "/open?to=" + document + "#" + token;
    }

    /** Omits the access token. */
    @Override
    public String toString() {
        return "Links[" + publicUrl + "]";
    }
}
