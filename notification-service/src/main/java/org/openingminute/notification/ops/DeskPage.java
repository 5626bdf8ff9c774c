package org.openingminute.notification.ops;

import java.time.Instant;
import org.openingminute.kit.access.Caller;
import org.openingminute.notification.projection.Conference;
import org.openingminute.ui.desk.DeskView;
import org.springframework.web.servlet.ModelAndView;

/**
 * A page of a conference that a member of staff has opened, as {@link DeskFrame#open} makes it for one request.
 *
 * @param staff the reader, with the roles that give the page's permission for its conference
 * @param texts in the reader's language
 * @param isPart whether its content is asked for alone
 */
public record DeskPage(
        Caller.Staff staff, Conference conference, DeskTexts texts, DeskView frame, boolean rehearsal, boolean isPart) {

    private static final String CONTENT = " :: content";

    /** A time as the conference's own clocks show it. */
    public String time(Instant instant) {
        return texts.time(instant, conference.zone());
    }

    /**
     * The page or, for a request of a part, its content alone.
     *
     * @param template begins as {@code th:replace="~{ui/desk :: page(~{::content})}"}, and has a fragment {@code content}
     */
    public ModelAndView view(String template, String title) {
        return new ModelAndView(isPart ? template + CONTENT : template)
                .addObject("title", title)
                .addObject("rehearsal", rehearsal)
                .addObject("desk", frame)
                .addObject("isPart", isPart)
                .addObject("slug", conference.slug());
    }
}
