package org.openingminute.notification.composition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a mail, in order. Both forms are made only from this, so that they have the same content.
 *
 * @param language an HTML {@code lang}
 * @param action the next step; {@code null} in a mail without links, which says nothing of the order either
 * @param documents links to documents
 */
record MailContent(
        String language,
        String subject,
        String greeting,
        List<String> paragraphs,
        @Nullable Action action,
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
