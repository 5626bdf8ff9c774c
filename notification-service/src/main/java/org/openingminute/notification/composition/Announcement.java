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

    /** Asks the owner of an address to confirm a subscription. */
    record OptInMail(List<String> topics, String confirmation) implements Announcement {}

    /** Asks the owner of an address to show that they can read its mails. */
    record MailboxMail(String confirmation) implements Announcement {}

    /**
     * The combined mail about several unpaid registrations, whose own mails would exceed their mailbox's limit.
     *
     * @param of the registrations that it lists
     * @param more how many others there are
     */
    record SeveralUnpaid(List<UnpaidRegistration> of, int more) implements Announcement {

        public SeveralUnpaid {
            of = List.copyOf(of);
        }
    }

    /**
     * An unpaid registration in the list.
     *
     * @param status confirmed only if there is nothing to pay
     * @param heldUntil {@code null} if nothing is held
     * @param token opens the registration
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

    /** An organiser's own announcement. */
    record Announced(String subject, String body) implements Announcement {}

    /** The sale has opened. */
    record SaleOpened(Prices prices) implements Announcement {}

    /** Prices will change soon. */
    record DeadlineNear(Prices prices) implements Announcement {

        public DeadlineNear {
            Objects.requireNonNull(prices.next(), "a price change has a next phase");
        }
    }

    /**
     * The prices of the current and the next phase.
     *
     * @param next {@code null} if there is no next phase
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
