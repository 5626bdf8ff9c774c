package org.openingminute.ui.desk;

import java.util.Set;

/**
 * A member of staff who reads a page.
 *
 * @param name as it is shown
 * @param roles that count for what the page is about, as staff tokens name them
 */
public record DeskReader(String name, Set<String> roles) {

    public DeskReader {
        roles = Set.copyOf(roles);
    }
}
