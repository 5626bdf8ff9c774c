package org.openingminute.notification.composing;

import java.util.Map;

/**
 * A mail as it is sent, but for those headers that every mail has.
 *
 * @param accessToken stands in both bodies, and must stand nowhere else; empty where there is none
 * @param headers that this mail has besides
 */
public record ComposedMail(
        String senderName, String subject, String text, String html, String accessToken, Map<String, String> headers) {

    private static final String INSTEAD = "•••";

    public ComposedMail {
        headers = Map.copyOf(headers);
    }

    /** One that has no further headers. */
    public ComposedMail(String senderName, String subject, String text, String html, String accessToken) {
        this(senderName, subject, text, html, accessToken, Map.of());
    }

    /** The plain text as it may be kept: without the access token. */
    public String keptText() {
        return kept(text);
    }

    /** The HTML as it may be kept: without the access token. */
    public String keptHtml() {
        return kept(html);
    }

    private String kept(String body) {
        return accessToken.isEmpty() ? body : body.replace(accessToken, INSTEAD);
    }

    /** Without the access token. */
    @Override
    public String toString() {
        return "ComposedMail[" + subject.length() + " characters of subject]";
    }
}
