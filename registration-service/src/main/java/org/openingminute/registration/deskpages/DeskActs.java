package org.openingminute.registration.deskpages;

import java.util.List;
import java.util.function.Predicate;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Role;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.ui.part.Link;

/** What staff do to a registration on pages of their own, which the registration's page offers. */
final class DeskActs {

    /** All of them, in the order in which they are offered. */
    private static final List<Act> ALL = List.of();

    private DeskActs() {}

    /**
     * An act, whose name is the text {@code desk.act.<path>}.
     *
     * @param path of its page below the registration's
     * @param isForFinance whether finance may do it, beside organisers
     * @param isPossible whether it can be done to a registration as it is
     */
    private record Act(String path, boolean isForFinance, Predicate<Registration> isPossible) {}

    /** The links to the pages of those that a reader can do. */
    static List<Link> links(String slug, Registration registration, Caller.Staff reader, Localizer localizer) {
        return ALL.stream()
                .filter(act -> act.isForFinance() || reader.roles().contains(Role.ORGANISER))
                .filter(act -> act.isPossible().test(registration))
                .map(act -> new Link(
                        "/desk/" + slug + "/registrations/" + registration.id() + "/" + act.path(),
                        localizer.of("desk.act." + act.path())))
                .toList();
    }
}
