package org.openingminute.notification.composition;

import java.util.UUID;

/**
 * The links of a mail. The access token is behind {@code #}, so that no server's log has it; the page there opens the
 * registration, or goes on to what is asked for.
 *
 * @param publicUrl how the outside sees the gateway, without a slash at the end
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

    /** Without the access token. */
    @Override
    public String toString() {
        return "Links[" + publicUrl + "]";
    }
}
