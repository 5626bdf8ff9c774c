package org.openingminute.notification.composing;

/**
 * A mail as it is sent, but for its headers.
 *
 * @param accessToken stands in both bodies, and must stand nowhere else
 */
public record ComposedMail(String senderName, String subject, String text, String html, String accessToken) {

    private static final String INSTEAD = "•••";

    /** The plain text as it may be kept: without the access token. */
    public String keptText() {
        return text.replace(accessToken, INSTEAD);
    }

    /** The HTML as it may be kept: without the access token. */
    public String keptHtml() {
        return html.replace(accessToken, INSTEAD);
    }

    /** Without the access token. */
    @Override
    public String toString() {
        return "ComposedMail[" + subject.length() + " characters of subject]";
    }
}
