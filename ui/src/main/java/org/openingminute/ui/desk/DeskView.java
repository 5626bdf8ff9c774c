package org.openingminute.ui.desk;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.ui.part.Link;

/**
 * What the template {@code ui/desk} shows around a page for staff: the model's {@code desk}.
 *
 * @param conference name of the one that the page is about; {@code null} for none
 * @param links to the pages of that conference
 * @param reader name of the reader
 */
public record DeskView(@Nullable String conference, List<Link> links, String reader) {

    public DeskView {
        links = List.copyOf(links);
    }

    /**
     * Around a page of a conference.
     *
     * @param name of the conference, or its slug where the name is not known
     * @param current as {@link DeskNavigation#links} takes it
     */
    public static DeskView of(
            DeskReader reader, String slug, String name, @Nullable DeskEntry current, Locale language) {
        return new DeskView(name, DeskNavigation.links(slug, reader.roles(), current, language), reader.name());
    }

    /** Around a page of no conference. */
    public static DeskView of(DeskReader reader) {
        return new DeskView(null, List.of(), reader.name());
    }
}
