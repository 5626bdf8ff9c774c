package org.openingminute.registration.deskpages;

import java.util.List;
import java.util.function.Predicate;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Role;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.ui.part.Link;

/** The acts that a registration's page links to; each act has pages of its own. */
public final class DeskActs {

    /** All acts, in the order of their links. */
    private static final List<Act> ALL = List.of(
            new Act("refund", true, DeskActs::hasMoneyLeft),
            new Act("mark-paid", true, DeskActs::isToBePaid),
            new Act("accept-offer", false, registration -> registration.offer() != null),
            new Act("contact", false, _ -> true),
            new Act("new-link", false, _ -> true),
            new Act("cancel", false, DeskActs::isAlive));

    private DeskActs() {}

    /**
     * An act; the key of its label is {@code desk.act.<path>}.
     *
     * @param path of its page, relative to the registration's page
     * @param isForFinance whether finance may do it in addition to organisers
     * @param isPossible whether the registration's current state allows it
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

    /**
     * Whether the registration's current state allows an act.
     *
     * @param path of the act's page, relative to the registration's page
     */
    public static boolean isPossible(String path, Registration registration) {
        return ALL.stream()
                .anyMatch(act -> act.path().equals(path) && act.isPossible().test(registration));
    }

    /** Returns links to the acts that this reader may do to this registration now. */
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
