package org.openingminute.benchmarks.admission;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.sale.RegistrationRequest;

/**
 * The requests of a real sale's mix, the same for all candidates: three categories with quotas, groups, a voucher in 10 % and add-ons in 30
 * %. A number always gives the same request; no two numbers share a key or an address.
 */
final class Workload {

    static final long SEED = 20_260_202;

    /** Pairs of attendees and percentage of registrations. */
    private static final int[][] GROUPS = {{1, 70}, {2, 20}, {4, 8}, {10, 2}};

    private static final String[] CATEGORIES = {"industry", "academic", "student"};
    private static final int VOUCHERS = 10;
    private static final int ADD_ONS = 30;
    private static final int SHAPES = 1_000;
    private static final String VOUCHER = "PARTNER10";

    private final List<Shape> shapes = new ArrayList<>();
    private final int[] noVoucher;

    Workload() {
        Random random = new Random(SEED);
        for (int i = 0; i < SHAPES; i++) {
            shapes.add(new Shape(
                    group(random.nextInt(100)),
                    random.nextInt(100) < VOUCHERS,
                    random.nextInt(100) < ADD_ONS,
                    random.nextInt(CATEGORIES.length)));
        }
        noVoucher = IntStream.range(0, SHAPES)
                .filter(place -> !shapes.get(place).voucher())
                .toArray();
    }

    /** The properties of a registration except its registrant. */
    record Shape(int attendees, boolean voucher, boolean addOns, int firstCategory) {

        String category(int attendee) {
            return CATEGORIES[(firstCategory + attendee) % CATEGORIES.length];
        }

        /** Returns a shape for each kind that differs in number or type of rows, with its weight per thousand. */
        static List<Shape> kinds() {
            List<Shape> kinds = new ArrayList<>();
            for (int[] group : GROUPS) {
                for (boolean voucher : new boolean[] {false, true}) {
                    for (boolean addOns : new boolean[] {false, true}) {
                        kinds.add(new Shape(group[0], voucher, addOns, kinds.size()));
                    }
                }
            }
            return kinds;
        }

        int weight() {
            int share = 0;
            for (int[] group : GROUPS) {
                share += group[0] == attendees ? group[1] : 0;
            }
            return Math.max(
                    1, share * (voucher ? VOUCHERS : 100 - VOUCHERS) * (addOns ? ADD_ONS : 100 - ADD_ONS) / 1000);
        }

        RegistrationRequest request(String who) {
            List<RegistrationRequest.@Nullable RequestedAttendee> people = new ArrayList<>();
            for (int i = 0; i < attendees; i++) {
                people.add(new RegistrationRequest.RequestedAttendee(
                        category(i),
                        "Ada",
                        "Lovelace",
                        address(who, i),
                        "Analytical Engines",
                        "GB",
                        "Ada",
                        null,
                        null,
                        addOns ? List.of(new RegistrationRequest.AddOnChoice("tutorials", 1)) : List.of()));
            }
            return new RegistrationRequest(
                    new RegistrationRequest.RequestedContact("Ada Lovelace", address(who, 0), "en"),
                    people,
                    voucher ? VOUCHER : null,
                    "card",
                    null,
                    true);
        }

        byte[] json(String who) {
            StringBuilder json = new StringBuilder(512)
                    .append("{\"contact\":{\"name\":\"Ada Lovelace\",\"email\":\"")
                    .append(address(who, 0))
                    .append("\",\"locale\":\"en\"},\"attendees\":[");
            for (int i = 0; i < attendees; i++) {
                json.append(i == 0 ? "" : ",")
                        .append("{\"category\":\"")
                        .append(category(i))
                        .append("\",\"givenName\":\"Ada\",\"familyName\":\"Lovelace\",\"email\":\"")
                        .append(address(who, i))
                        .append(
                                "\",\"affiliation\":\"Analytical Engines\",\"country\":\"GB\",\"badgeName\":\"Ada\",\"addOns\":[")
                        .append(addOns ? "{\"code\":\"tutorials\",\"quantity\":1}" : "")
                        .append("]}");
            }
            return json.append("],\"voucher\":")
                    .append(voucher ? '"' + VOUCHER + '"' : "null")
                    .append(",\"paymentMethod\":\"card\",\"acceptedCodeOfConduct\":true}")
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
        }

        private static String address(String who, int attendee) {
            return who + "." + attendee + "@example.org";
        }
    }

    private static int group(int percent) {
        int below = 0;
        for (int[] group : GROUPS) {
            below += group[1];
            if (percent < below) {
                return group[0];
            }
        }
        throw new IllegalStateException("the groups are less than a hundred percent");
    }

    private Shape shape(long number) {
        return shapes.get((int) (number % SHAPES));
    }

    /** Returns the n-th number without a voucher, because caches never refuse requests with a voucher. */
    long withoutVoucher(long n) {
        return n / noVoucher.length * SHAPES + noVoucher[(int) (n % noVoucher.length)];
    }

    static String key(long number) {
        return "benchmark-" + number;
    }

    private static String who(long number) {
        return "attendee" + number;
    }

    byte[] json(long number) {
        return shape(number).json(who(number));
    }

    /** Returns the command as the controller builds it. The hash is a constant in place of a computed one. */
    Command.Register ask(String slug, long number) {
        return ask(slug, shape(number), number);
    }

    static Command.Register ask(String slug, Shape shape, long number) {
        return new Command.Register(
                slug,
                new IdempotencyKey("register:" + slug, key(number)),
                new RequestHash("%064x".formatted(number)),
                shape.request(who(number)));
    }

    /** Returns the definition of a conference that is on sale with this number of seats. */
    static String definition(String slug, int seats) {
        return """
                {"slug": "%1$s", "name": "Benchmark", "startsOn": "2027-05-18", "endsOn": "2027-05-22",
                 "timeZone": "America/Los_Angeles", "sample": true,
                 "registration": {"currency": "USD", "capacity": %2$d, "holdMinutes": 1440,
                   "phases": [{"code": "early", "name": "Early", "from": "2026-01-01T00:00:00Z",
                               "until": "2027-03-31T23:59:59Z"},
                              {"code": "regular", "name": "Regular", "until": "2027-05-17T23:59:59Z"}],
                   "categories": [
                     {"code": "industry", "name": "Industry", "quota": %2$d, "amounts": {"early": 95000, "regular": 120000}},
                     {"code": "academic", "name": "Academic", "quota": %2$d, "amounts": {"early": 65000, "regular": 80000}},
                     {"code": "student", "name": "Student", "quota": %2$d, "amounts": {"early": 30000, "regular": 40000}}],
                   "addOns": [{"code": "tutorials", "name": "Tutorials", "amount": 15000, "quota": %2$d}],
                   "vouchers": [{"code": "%3$s", "percentOff": 10, "uses": %2$d}],
                   "cancellationPolicy": [{"until": "2027-04-30T23:59:59Z", "refundPercent": 100, "keeps": 5000}]}}
                """.formatted(slug, seats, VOUCHER);
    }
}
