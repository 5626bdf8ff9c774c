package org.openingminute.notification.composing;

/**
 * Where the links of a mail lead. The access token is behind {@code #}, so that no server's log has it; the page there opens
 * the registration, or goes on to what is asked for.
 *
 * @param publicUrl how the outside sees the gateway, without a slash at the end
 */
record Links(String publicUrl, String token) {

    String registration() {
        return publicUrl + "/open#" + token;
    }

    String receipt() {
        return publicUrl + "/open?to=receipt#" + token;
    }

    String creditNote() {
        return publicUrl + "/open?to=credit-note#" + token;
    }

    /** Without the access token. */
    @Override
    public String toString() {
        return "Links[" + publicUrl + "]";
    }
}
