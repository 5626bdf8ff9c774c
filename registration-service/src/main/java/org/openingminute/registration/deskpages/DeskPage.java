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

/** A page of a conference that a member of staff has opened, as {@link DeskFrame#open} makes it for one request. */
public final class DeskPage {

    /** Of a page's template, what is the page without its frame. */
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

    /** Whether a part of the page is asked for, and not the whole. */
    public boolean isPart() {
        return part;
    }

    /** Business time. */
    public Instant now() {
        return views.now();
    }

    /** Times in the conference's zone. */
    public TimeFormat times() {
        return TimeFormat.of(conference, localizer);
    }

    boolean isForOrganiser() {
        return staff.roles().contains(Role.ORGANISER);
    }

    /** The lines of a timeline that the reader may see: those about proofs are for organisers. */
    public List<TimelineRepository.Entry> visible(List<TimelineRepository.Entry> lines) {
        return lines.stream()
                .filter(line -> isForOrganiser()
                        || line.note() == null
                        || !ABOUT_PROOFS.contains(line.note().code()))
                .toList();
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
