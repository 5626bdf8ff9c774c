package org.openingminute.notification.composition;

import java.util.Map;
import java.util.Set;

/**
 * A mail as it is sent, without the headers that every mail has.
 *
 * @param secrets tokens in both bodies, which must appear nowhere else
 * @param headers further headers of this mail
 */
public record ComposedMail(
        String senderName, String subject, String text, String html, Set<String> secrets, Map<String, String> headers) {

    private static final String INSTEAD = "•••";

    public ComposedMail {
        if (secrets.contains("")) {
            throw new IllegalArgumentException("a secret must not be empty");
        }
        secrets = Set.copyOf(secrets);
        headers = Map.copyOf(headers);
    }

    /** A mail without further headers. */
    public ComposedMail(String senderName, String subject, String text, String html, String accessToken) {
        this(senderName, subject, text, html, Set.of(accessToken), Map.of());
    }

    /** The plain text as it may be kept: without the secrets. */
    public String keptText() {
        return kept(text);
    }

    /** The HTML as it may be kept: without the secrets. */
    public String keptHtml() {
        return kept(html);
    }

    /** A text about this mail as it may be kept: without the secrets. */
    public String kept(String text) {
        String kept = text;
        for (String secret : secrets) {
            kept = kept.replace(secret, INSTEAD);
        }
        return kept;
    }

    /** Omits the secrets. */
    @Override
    public String toString() {
        return "ComposedMail[" + subject.length() + " characters of subject]";
    }
}
