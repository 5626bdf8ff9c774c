package org.openingminute.registration.deskpages;

import java.util.List;
import java.util.function.Predicate;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Role;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.ui.part.Link;

/** What staff do to a registration on pages of their own, which the registration's page offers. */
final class DeskActs {

    /** All of them, in the order in which they are offered. */
    private static final List<Act> ALL = List.of(
            new Act("refund", true, DeskActs::hasMoneyLeft),
            new Act("mark-paid", true, DeskActs::isToBePaid),
            new Act("accept-offer", false, registration -> registration.offer() != null),
            new Act("contact", false, _ -> true),
            new Act("new-link", false, _ -> true),
            new Act("cancel", false, DeskActs::isAlive));

    private DeskActs() {}

    /**
     * An act, whose name is the text {@code desk.act.<path>}.
     *
     * @param path of its page below the registration's
     * @param isForFinance whether finance may do it, beside organisers
     * @param isPossible whether it can be done to a registration as it is
     */
    private record Act(String path, boolean isForFinance, Predicate<Registration> isPossible) {}

    private static boolean hasMoneyLeft(Registration registration) {
        return registration.money().left().amount() > 0 && !registration.money().disputeOpen();
    }

    private static boolean isToBePaid(Registration registration) {
        boolean wanted = registration.status() == Status.PENDING_PAYMENT || registration.status() == Status.EXPIRED;
        return wanted && !registration.nothingToPay() && !registration.isBeingBooked();
    }

    private static boolean isAlive(Registration registration) {
        return (registration.status() == Status.CONFIRMED
                        || registration.status().holdsSeats())
                && !registration.money().disputeOpen();
    }

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
