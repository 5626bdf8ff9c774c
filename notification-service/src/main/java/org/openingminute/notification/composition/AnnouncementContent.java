package org.openingminute.notification.composition;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The content of an announcement mail, in order. The plain text and the HTML are both made from it.
 *
 * @param language an HTML {@code lang}
 * @param unsubscribe {@code null} if the mail has no unsubscribe link
 */
record AnnouncementContent(
        String language,
        String subject,
        String greeting,
        List<Paragraph> paragraphs,
        @Nullable String priceTitle,
        List<MailContent.Fact> prices,
        MailContent.Action action,
        List<String> notes,
        MailContent.@Nullable Action unsubscribe) {

    /** Possessive quantifiers: with backtracking, a long list would exhaust the stack. */
    private static final Pattern BLANK_LINES = Pattern.compile("\\n(?:[ \\t]*+\\n)++");

    /** A web address, without punctuation that belongs to the sentence. */
    private static final Pattern ADDRESS = Pattern.compile("https?://[^\\s<>\"]*[^\\s<>\".,;:!?)\\]'’”]");

    /**
     * A paragraph.
     *
     * @param text the whole paragraph, as it was typed
     */
    record Paragraph(String text, List<Piece> pieces) {}

    /**
     * A part of a paragraph.
     *
     * @param url the target of the link; {@code null} if it is not a link
     */
    record Piece(String text, @Nullable String url) {}

    /** Splits a text at blank lines into paragraphs. */
    static List<Paragraph> paragraphs(String typed) {
        List<Paragraph> paragraphs = new ArrayList<>();
        for (String one : BLANK_LINES.split(
                typed.replace("\r\n", "\n").replace('\r', '\n').strip(), -1)) {
            paragraphs.add(paragraph(one));
        }
        return paragraphs;
    }

    /** Builds one paragraph in which web addresses are links. */
    static Paragraph paragraph(String text) {
        List<Piece> pieces = new ArrayList<>();
        Matcher address = ADDRESS.matcher(text);
        int at = 0;
        while (address.find()) {
            if (address.start() > at) {
                pieces.add(new Piece(text.substring(at, address.start()), null));
            }
            pieces.add(new Piece(address.group(), address.group()));
            at = address.end();
        }
        if (at < text.length()) {
            pieces.add(new Piece(text.substring(at), null));
        }
        return new Paragraph(text, pieces);
    }
}
