package org.openingminute.registration.sale;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The priced content of a request, without personal data.
 *
 * @param attendees one line for each, in the order of the request
 * @param voucher the code as it was typed
 */
public record Order(List<OrderLine> attendees, @Nullable String voucher) {

    public Order {
        attendees = List.copyOf(attendees);
    }

    /** One attendee. */
    public record OrderLine(String category, List<Extra> addOns) {

        public OrderLine {
            addOns = List.copyOf(addOns);
        }
    }

    /** An add-on, {@code quantity} times (at least 1). */
    public record Extra(String code, int quantity) {

        /** @throws IllegalArgumentException if the quantity is not positive */
        public Extra {
            if (quantity < 1) {
                throw new IllegalArgumentException("at least one add-on is needed, not " + quantity);
            }
        }
    }
}
