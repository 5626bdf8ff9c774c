package org.openingminute.notification.composition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a mail, in order. The plain text and the HTML are both made from it, so that their content is the same.
 *
 * @param language an HTML {@code lang}
 * @param action the next step; {@code null} in a mail without links, which does not mention the order either
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

    /** A link for an action of the reader. */
    record Action(String label, String url) {}

    /** A labelled value. */
    record Fact(String name, String value) {}
}
