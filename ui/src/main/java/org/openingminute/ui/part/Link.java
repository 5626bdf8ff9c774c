package org.openingminute.ui.part;

/**
 * A link of a navigation or an error summary.
 *
 * @param isCurrent whether it leads to the page on which it stands
 */
public record Link(String address, String text, boolean isCurrent) {

    public Link(String address, String text) {
        this(address, text, false);
    }
}
