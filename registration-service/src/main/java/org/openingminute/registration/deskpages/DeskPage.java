package org.openingminute.registration.deskpages;

import java.time.Instant;
import org.openingminute.kit.access.Caller;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews;
import org.openingminute.registration.pages.TimeFormat;
import org.openingminute.ui.desk.DeskView;
import org.springframework.web.servlet.ModelAndView;

/** A page of a conference that a member of staff has opened, as {@link DeskFrame#open} makes it for one request. */
public final class DeskPage {

    /** Of a page's template, what is the page without its frame. */
    static final String CONTENT = " :: content";

    private final Caller.Staff staff;
    private final Conference conference;
    private final Localizer localizer;
    private final DeskView frame;
    private final PageViews views;
    private final boolean part;

    DeskPage(
            Caller.Staff staff,
            Conference conference,
            Localizer localizer,
            DeskView frame,
            PageViews views,
            boolean part) {
        this.staff = staff;
        this.conference = conference;
        this.localizer = localizer;
        this.frame = frame;
        this.views = views;
        this.part = part;
    }

    /** The reader, with the roles that give the page's permission for its conference. */
    public Caller.Staff staff() {
        return staff;
    }

    public Conference conference() {
        return conference;
    }

    /** The texts in the reader's language. */
    public Localizer localizer() {
        return localizer;
    }

    /** Business time. */
    public Instant now() {
        return views.now();
    }

    /** Times in the conference's zone. */
    public TimeFormat times() {
        return TimeFormat.of(conference, localizer);
    }

    /**
     * The page or, for a request of a part, its content alone.
     *
     * @param template begins as {@code th:replace="~{ui/desk :: page(~{::content})}"}, and has a fragment {@code content}
     */
    public ModelAndView view(String template, String title) {
        return views.page(part ? template + CONTENT : template, title, conference, localizer)
                .addObject("desk", frame)
                .addObject("slug", conference.slug());
    }
}
