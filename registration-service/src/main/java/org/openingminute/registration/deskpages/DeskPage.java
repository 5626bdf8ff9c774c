package org.openingminute.registration.deskpages;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Role;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews;
import org.openingminute.registration.pages.TimeFormat;
import org.openingminute.registration.registrations.TimelineRepository;
import org.openingminute.ui.desk.DeskView;
import org.springframework.web.servlet.ModelAndView;

/** A conference's page that a member of staff has opened. {@link DeskFrame#open} makes one for each request. */
public final class DeskPage {

    /** The fragment that each page's template has for its content without the frame. */
    static final String CONTENT = " :: content";

    private static final Set<TimelineNote.Code> ABOUT_PROOFS = EnumSet.of(
            TimelineNote.Code.PROOF_RECEIVED, TimelineNote.Code.PROOF_ACCEPTED, TimelineNote.Code.PROOF_REFUSED);

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

    /** Returns the reader, with only those roles that grant the page's permission for its conference. */
    public Caller.Staff staff() {
        return staff;
    }

    public Conference conference() {
        return conference;
    }

    /** Returns the texts in the reader's language. */
    public Localizer localizer() {
        return localizer;
    }

    /** Whether the request asks for the page's content alone, without the frame. */
    public boolean isPart() {
        return part;
    }

    /** Returns business time. */
    public Instant now() {
        return views.now();
    }

    /** Returns the format for times in the conference's time zone and the reader's language. */
    public TimeFormat times() {
        return TimeFormat.of(conference, localizer);
    }

    boolean isForOrganiser() {
        return staff.roles().contains(Role.ORGANISER);
    }

    /** Filters a timeline for the reader: only organisers see entries about proofs. */
    public List<TimelineRepository.Entry> visible(List<TimelineRepository.Entry> lines) {
        return lines.stream()
                .filter(line -> isForOrganiser()
                        || line.note() == null
                        || !ABOUT_PROOFS.contains(line.note().code()))
                .toList();
    }

    /**
     * Renders the page, or its content alone if the request asks for a part.
     *
     * @param template begins with {@code th:replace="~{ui/desk :: page(~{::content})}"}, and has a fragment {@code content}
     */
    public ModelAndView view(String template, String title) {
        return views.page(part ? template + CONTENT : template, title, conference, localizer)
                .addObject("desk", frame)
                .addObject("slug", conference.slug());
    }
}
