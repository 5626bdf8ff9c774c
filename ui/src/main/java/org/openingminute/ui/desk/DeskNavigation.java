package org.openingminute.ui.desk;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.ui.part.Link;

/** Builds the links between the pages for staff. */
public final class DeskNavigation {

    private static final ResourceBundle.Control NO_OTHER_LANGUAGE =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

    private DeskNavigation() {}

    /**
     * The pages of a conference that a reader may open, in navigation order.
     *
     * @param roles the reader's roles that count for the conference, by their names in staff tokens
     * @param current the entry to mark as current, also for its subpages; {@code null} for none
     */
    public static List<Link> links(String slug, Set<String> roles, @Nullable DeskEntry current, Locale language) {
        ResourceBundle words = ResourceBundle.getBundle("ui/texts", language, NO_OTHER_LANGUAGE);
        return Stream.of(DeskEntry.values())
                .filter(entry -> entry.isFor(roles))
                .map(entry -> new Link(entry.address(slug), words.getString(entry.key()), entry == current))
                .toList();
    }
}
