package org.openingminute.ui.part;

/**
 * A link of a navigation or an error summary.
 *
 * @param isCurrent whether the link leads to the current page
 */
public record Link(String address, String text, boolean isCurrent) {

    public Link(String address, String text) {
        this(address, text, false);
    }
}
