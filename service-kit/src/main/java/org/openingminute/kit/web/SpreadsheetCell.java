package org.openingminute.kit.web;

import java.text.Normalizer;

/**
 * What stands in a cell of a file that people open with a spreadsheet. Such a program takes a text that begins like a formula for one,
 * and whoever typed the text then computes, or calls, on the reader's machine. Pure.
 */
public final class SpreadsheetCell {

    /** What begins a formula, and what a program drops at the begin of a text, behind which there may be one. */
    private static final String BEGINS = "=+-@\t\r\n";

    private static final int ASCII = 0x80;

    private SpreadsheetCell() {}

    /** A number as it is, and all else as a text that is no formula. */
    static Object of(Object value) {
        return value instanceof Number ? value : defused(value.toString());
    }

    /** The text, with an apostrophe in front if a spreadsheet could take it for a formula, also one that begins with wide signs. */
    public static String defused(String text) {
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
