package org.openingminute.notification.composition;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.Money;
import org.openingminute.notification.projection.RegistrationStatus;

/** The content of a mail to subscribers or attendees. */
public sealed interface Announcement {

    /** Asks the owner of an address whether they subscribed. */
    record OptInMail(List<String> topics, String confirmation) implements Announcement {}

    /** Asks the owner of an address to show that they read it. */
    record MailboxMail(String confirmation) implements Announcement {}

    /**
     * Stands for mails about unpaid registrations that would be too many for their mailbox.
     *
     * @param of those that it lists
     * @param more how many others there are
     */
    record SeveralUnpaid(List<UnpaidRegistration> of, int more) implements Announcement {

        public SeveralUnpaid {
            of = List.copyOf(of);
        }
    }

    /**
     * One of them.
     *
     * @param status confirmed only where there is nothing to pay
     * @param heldUntil {@code null} if nothing is held
     * @param token opens it
     */
    record UnpaidRegistration(
            Conference conference,
            String reference,
            RegistrationStatus status,
            @Nullable Instant heldUntil,
            String token) {

        /** Omits the token. */
        @Override
        public String toString() {
            return "UnpaidRegistration[" + reference + "]";
        }
    }

    /** An organiser's own text. */
    record Announced(String subject, String body) implements Announcement {}

    /** Seats are sold from now on. */
    record SaleOpened(Prices prices) implements Announcement {}

    /** Prices are about to change. */
    record DeadlineNear(Prices prices) implements Announcement {

        public DeadlineNear {
            Objects.requireNonNull(prices.next(), "a price change has a next phase");
        }
    }

    /**
     * The prices of the present phase and of the next.
     *
     * @param next {@code null} where no phase follows
     */
    record Prices(AnnouncedPhase phase, @Nullable AnnouncedPhase next, List<AnnouncedPrice> of) {

        public Prices {
            Objects.requireNonNull(phase, "prices belong to a phase");
            of = of == null ? List.of() : List.copyOf(of);
        }
    }

    /**
     * A phase of the sale.
     *
     * @param until names the last second that counts
     */
    record AnnouncedPhase(String name, Instant until) {

        public AnnouncedPhase {
            Objects.requireNonNull(name, "a phase has a name");
            Objects.requireNonNull(until, "a phase has an end");
        }
    }

    /** The price of a category. */
    record AnnouncedPrice(String name, Money now, @Nullable Money next) {

        public AnnouncedPrice {
            Objects.requireNonNull(name, "a price belongs to a category");
            Objects.requireNonNull(now, "a price has an amount");
        }
    }

    /**
     * The reader of an announcement.
     *
     * @param topic the subscribed topic; {@code null} for an attendee
     * @param unsubscribe the token that ends the subscription; {@code null} for an attendee
     */
    record Reader(
            @Nullable String locale,
            @Nullable String topic,
            @Nullable String unsubscribe) {}
}
