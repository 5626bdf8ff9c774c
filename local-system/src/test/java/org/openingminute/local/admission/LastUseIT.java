package org.openingminute.local.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves, with two real instances of registration-service, that the last use of a voucher is given once, and that a repeated request makes
 * one registration.
 */
@ExtendWith(TwoInstances.Running.class)
@Timeout(300)
@Tag("admission")
class LastUseIT {

    private static final int VOUCHERS = TwoInstances.FULL ? 20 : 5;
    private static final int AT_ONCE = 200;
    private static final int USES = 3;
    private static final int PLENTY = 10_000;

    private final TwoInstances instances;

    LastUseIT(TwoInstances instances) {
        this.instances = instances;
    }

    @Test
    void the_last_use_of_a_voucher_is_one_persons() throws Exception {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < VOUCHERS; i++) {
            String slug = Offer.newSlug("last");
            RegistrantClient registrants = open(slug);
            for (int use = 1; use < USES; use++) {
                registrants
                        .order(use % 2, Orders.single(use, "academic", Offer.TEN_OFF), TwoInstances.newKey())
                        .has(201);
            }

            LoadClients.run(
                    USES,
                    AT_ONCE,
                    AT_ONCE,
                    number -> registrants.order(
                            number % 2,
                            // Voucher codes are case-insensitive.
                            Orders.single(number, "academic", number % 4 < 2 ? Offer.TEN_OFF : "tenoff"),
                            TwoInstances.newKey()));

            assertThat(registrants.answers()).isEqualTo(Map.of("201", USES, "422 voucher-invalid", AT_ONCE - 1));
            try (Connection connection = instances.connect()) {
                DatabaseSnapshot snapshot = new DatabaseSnapshot(slug);
                snapshot.check(connection, registrants.made());
                assertThat(snapshot.sheet(connection).taken("voucher:" + Offer.TEN_OFF))
                        .isEqualTo(USES);
            }
            answers.merge("201", 1, Integer::sum);
            answers.merge("422 voucher-invalid", AT_ONCE - 1, Integer::sum);
        }
        System.out.printf(
                "last use: %d vouchers, %d at once on the last use of each: %s%n", VOUCHERS, AT_ONCE, answers);
    }

    @Test
    void fifty_equal_requests_make_one_registration_across_a_restart() throws Exception {
        String slug = Offer.newSlug("once");
        RegistrantClient registrants = open(slug);
        String key = TwoInstances.newKey();
        String body = Orders.single(1, "industry", Offer.TEN_OFF);
        Set<Reply> replies = ConcurrentHashMap.newKeySet();

        LoadClients.run(0, 20, 20, number -> replies.add(registrants.order(number % 2, body, key)));
        LoadClients.run(20, 10, 5, number -> replies.add(registrants.order(1 - number % 2, body, key)));
        instances.processes().kill(0);
        instances.processes().kill(1);
        instances.processes().awaitReady();
        LoadClients.run(30, 20, 10, number -> replies.add(registrants.order(number % 2, body, key)));

        // The responses are equal in status, body and access token.
        assertThat(replies).hasSize(1);
        Reply first = replies.iterator().next().has(201);
        assertThat(first.at("/accessToken")).isNotEmpty();
        try (Connection connection = instances.connect()) {
            DatabaseSnapshot snapshot = new DatabaseSnapshot(slug);
            snapshot.check(connection, registrants.made());
            assertThat(snapshot.registrations(connection)).containsOnlyKeys(first.at("/id"));
        }
        System.out.printf(
                "one request 50 times, both instances killed between: %s, 1 registration%n", registrants.answers());
    }

    private RegistrantClient open(String slug) {
        Offer.Limits limits = new Offer.Limits(PLENTY, PLENTY, PLENTY, PLENTY, PLENTY, 0, USES, 0, 0);
        instances
                .define(0, new Offer(slug, instances.now().minusSeconds(60), 1, Duration.ofDays(365), 86_400, limits))
                .has(201);
        return new RegistrantClient(instances, slug);
    }
}
