package org.openingminute.registration.acts;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.admission.Admissions.Foreseen;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.TicketState;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.Money;

/**
 * What an act would do to a registration, including what follows automatically, such as a confirmation after a payment was marked. Pure.
 *
 * @param revision the registration's revision on which the preview is based, for {@code If-Match}
 * @param seats the limits of which the registration would take more or fewer seats
 * @param refund what this act would refund; {@code null} for nothing
 * @param mails kinds of the mails that would be sent
 * @param tickets the tickets whose state would change
 * @param offer the offer that the registration would have, for the pages only; {@code null} for none
 */
@Schema(name = "ActPreview")
public record ActPreview(
        long revision,
        StatusChange status,
        List<SeatsChange> seats,
        @Nullable Money refund,
        List<String> mails,
        List<TicketChange> tickets,
        @JsonIgnore Registration.@Nullable Offer offer) {

    @Schema(name = "StatusChange")
    public record StatusChange(Status before, Status after) {}

    /**
     * The change of one limit.
     *
     * @param quota the limit's code, such as {@code capacity} or {@code category:student}
     * @param change how many more seats would be held or sold; negative for fewer
     */
    @Schema(name = "SeatsChange")
    public record SeatsChange(String quota, int change) {}

    @Schema(name = "TicketChange")
    public record TicketChange(
            UUID attendee,

            @Schema(allowableValues = {"valid", "ended", "frozen"})
            TicketState becomes) {}

    static ActPreview of(Foreseen foreseen) {
        Registration before = foreseen.before();
        Registration after = foreseen.after();
        @Nullable Money refund = refund(before, after);
        return new ActPreview(
                before.revision(),
                new StatusChange(before.status(), after.status()),
                foreseen.seats().entrySet().stream()
                        .map(limit -> new SeatsChange(limit.getKey(), limit.getValue()))
                        .toList(),
                refund,
                ForeseenMails.of(before, after, refund),
                tickets(before, after),
                after.offer());
    }

    /**
     * Sums the refunds that this service commands and those that payment-service makes by itself: overpaid amounts, and part payments whose
     * registration has no seat.
     */
    private static @Nullable Money refund(Registration before, Registration after) {
        long parts = after.status() == Status.CANCELLED ? before.parts().amount() : 0;
        long back = givenBack(after) - givenBack(before) + parts;
        return back == 0 ? null : new Money(back, before.total().currency());
    }

    private static long givenBack(Registration registration) {
        return registration.money().commandedAmount()
                + registration.money().returns().stream()
                        .mapToLong(one -> one.amount().amount())
                        .sum();
    }

    private static List<TicketChange> tickets(Registration before, Registration after) {
        List<TicketChange> changes = new ArrayList<>();
        for (int i = 0; i < after.attendees().size(); i++) {
            Attendee attendee = after.attendees().get(i);
            boolean sameTicket =
                    attendee.generation() == before.attendees().get(i).generation();
            Optional<TicketState> was = sameTicket ? stateOf(before) : Optional.empty();
            Optional<TicketState> is = stateOf(after);
            if (!is.equals(was)) {
                changes.add(new TicketChange(attendee.id(), is.orElse(TicketState.ENDED)));
            }
        }
        return changes;
    }

    /** Returns the state of the registration's tickets; empty if it has no tickets. */
    private static Optional<TicketState> stateOf(Registration registration) {
        return Optional.of(registration.tickets()).filter(state -> registration.status() == Status.CONFIRMED);
    }
}
