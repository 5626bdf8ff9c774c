package org.openingminute.ui.desk;

import java.util.Set;

/**
 * A member of staff who is reading a page.
 *
 * @param name the display name
 * @param roles the roles that count for the page's subject, by their names in staff tokens
 */
public record DeskReader(String name, Set<String> roles) {

    public DeskReader {
        roles = Set.copyOf(roles);
    }
}
