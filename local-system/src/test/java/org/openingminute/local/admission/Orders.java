package org.openingminute.local.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The orders of a run. The same seed and number always give the same order. */
final class Orders {

    private static final List<String> CATEGORIES = List.of(
            "industry", "industry", "industry", "academic", "academic", "academic", "student", "student", "online");
    private static final List<String> VOUCHERS =
            List.of(Offer.TEN_OFF, Offer.TEN_OFF, Offer.FLAT, Offer.SPONSOR, Offer.SPONSOR, "tenoff", "NOSUCHCODE");
    private static final int LARGEST_GROUP = 4;

    /** The largest number of attendees in a registration. */
    static final int LARGEST_ORDER = 10;

    private final long seed;

    Orders(long seed) {
        this.seed = seed;
    }

    /** The random numbers for an attempt. */
    SplittableRandom about(int number) {
        return new SplittableRandom(seed * 31 + number);
    }

    /** An order of up to four people with add-ons and sometimes a voucher. */
    String order(int number) {
        SplittableRandom random = about(number).split();
        List<String> attendees = new ArrayList<>();
        int size = random.nextInt(1, LARGEST_GROUP + 1);
        for (int i = 0; i < size; i++) {
            List<String> extras = new ArrayList<>();
            if (random.nextInt(6) == 0) {
                extras.add("{\"code\": \"banquet\", \"quantity\": %d}".formatted(random.nextInt(1, 3)));
            }
            if (random.nextInt(4) == 0) {
                extras.add("{\"code\": \"tutorial\", \"quantity\": %d}".formatted(random.nextInt(1, 4)));
            }
            attendees.add(attendee(CATEGORIES.get(random.nextInt(CATEGORIES.size())), number, i, extras));
        }
        String voucher = random.nextInt(6) == 0 ? VOUCHERS.get(random.nextInt(VOUCHERS.size())) : null;
        return body(number, attendees, voucher);
    }

    /** An order of a single place in a category. */
    static String single(int number, String category, @Nullable String voucher) {
        return body(number, List.of(attendee(category, number, 0, List.of())), voucher);
    }

    /** An order of ten places in a category, paid by a voucher. */
    static String group(int number, String category, String voucher) {
        return body(
                number,
                IntStream.range(0, LARGEST_ORDER)
                        .mapToObj(place -> attendee(category, number, place, List.of()))
                        .toList(),
                voucher);
    }

    private static String attendee(String category, int number, int place, List<String> extras) {
        return """
                {"category": "%s", "givenName": "Ada", "familyName": "Lovelace", "email": "p%d.%d@example.org",
                 "addOns": [%s]}""".formatted(category, number, place, String.join(", ", extras));
    }

    private static String body(int number, List<String> attendees, @Nullable String voucher) {
        return """
                {"contact": {"name": "Ada Lovelace", "email": "p%d@example.org"}, "attendees": [%s], "voucher": %s,
                 "acceptedCodeOfConduct": true}""".formatted(number, String.join(", ", attendees), voucher == null ? "null" : "\"" + voucher + "\"");
    }
}
