package org.openingminute.registration.acts;

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
 * What an act would do to a registration, and what follows from it by itself, such as the confirmation of one that is marked as paid.
 * Pure.
 *
 * @param revision of the registration by which this was found; for {@code If-Match}
 * @param seats limits of which the registration would take more or fewer
 * @param refund what would be given back by this act
 * @param mails the kinds of the mails that would be sent
 * @param tickets those that would change
 */
@Schema(name = "ActPreview")
public record ActPreview(
        long revision,
        StatusChange status,
        List<SeatsChange> seats,
        @Nullable Money refund,
        List<String> mails,
        List<TicketChange> tickets) {

    @Schema(name = "StatusChange")
    public record StatusChange(Status before, Status after) {}

    /**
     * A limit.
     *
     * @param quota its code, as {@code capacity} or {@code category:student}
     * @param change how many more of it would be held or sold; negative for fewer
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
                tickets(before, after));
    }

    /** Refunds that are commanded, and transfers that payment-service gives back by itself: a surplus, and parts for no seat. */
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

    /** Of a registration's tickets; empty if it has none. */
    private static Optional<TicketState> stateOf(Registration registration) {
        return Optional.of(registration.tickets()).filter(state -> registration.status() == Status.CONFIRMED);
    }
}
