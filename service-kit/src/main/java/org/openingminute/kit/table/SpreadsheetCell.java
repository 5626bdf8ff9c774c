package org.openingminute.kit.table;

import java.text.Normalizer;

/**
 * Protects spreadsheet cells against formula injection: a spreadsheet evaluates a text that begins like a formula, so whoever typed the
 * text could run calculations or calls on the reader's machine. Pure functions.
 */
public final class SpreadsheetCell {

    /**
     * Characters that begin a formula, and characters that spreadsheets drop at the beginning of a text, so that a formula after them would
     * count.
     */
    private static final String BEGINS = "=+-@\t\r\n";

    private static final int ASCII = 0x80;

    private SpreadsheetCell() {}

    /** A number unchanged; any other value as a text that cannot be a formula. */
    static Object of(Object value) {
        return value instanceof Number ? value : escaped(value.toString());
    }

    /** The text, preceded by an apostrophe if a spreadsheet could evaluate it. Full-width forms of the characters count as well. */
    public static String escaped(String text) {
        int at = 0;
        while (at < text.length() && isUnseen(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at < text.length() && beginsFormula(text.codePointAt(at)) ? "'" + text : text;
    }

    private static boolean isUnseen(int sign) {
        return Character.isSpaceChar(sign) || Character.getType(sign) == Character.FORMAT;
    }

    private static boolean beginsFormula(int sign) {
        int usual = sign < ASCII
                ? sign
                : Normalizer.normalize(Character.toString(sign), Normalizer.Form.NFKC)
                        .codePointAt(0);
        return BEGINS.indexOf(usual) >= 0;
    }
}
