package org.openingminute.notification.composition;

import java.util.List;

/**
 * The content of a mail, in order. Both forms are made from this alone, so that they have the same content.
 *
 * @param language an HTML {@code lang}
 * @param action what to do now
 * @param documents what else can be opened
 */
record MailContent(
        String language,
        String subject,
        String greeting,
        List<String> paragraphs,
        Action action,
        List<Action> documents,
        List<Fact> facts,
        String orderTitle,
        List<Fact> order,
        List<String> notes) {

    /** A link by which the reader can do something. */
    record Action(String label, String url) {}

    /** A name and its value. */
    record Fact(String name, String value) {}
}
