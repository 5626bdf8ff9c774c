package org.openingminute.ui.desk;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.ui.part.Link;

/**
 * The frame that the template {@code ui/desk} renders around a page for staff: the model attribute {@code desk}.
 *
 * @param conference the name of the page's conference; {@code null} for none
 * @param links the navigation links of that conference
 * @param reader the reader's display name
 */
public record DeskView(@Nullable String conference, List<Link> links, String reader) {

    public DeskView {
        links = List.copyOf(links);
    }

    /**
     * The frame of a page about a conference.
     *
     * @param name the conference's name, or its slug if the name is not known
     * @param current the current entry, as in {@link DeskNavigation#links}
     */
    public static DeskView of(
            DeskReader reader, String slug, String name, @Nullable DeskEntry current, Locale language) {
        return new DeskView(name, DeskNavigation.links(slug, reader.roles(), current, language), reader.name());
    }

    /** The frame of a page that is not about a conference. */
    public static DeskView of(DeskReader reader) {
        return new DeskView(null, List.of(), reader.name());
    }
}
