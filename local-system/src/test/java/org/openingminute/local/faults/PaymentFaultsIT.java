package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.Standstills;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves, on the running system, that money becomes a seat or a refund even if the provider loses, duplicates, delays and fails calls, and
 * payment-service is killed.
 */
@ExtendWith(SystemFixture.class)
@Timeout(2_700)
@Tag("faults")
@Tag("second")
class PaymentFaultsIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int PEOPLE = FULL ? 1_000 : 30;
    private static final int KILLS_AT_MOST = FULL ? Integer.MAX_VALUE : 2;
    /** Long, because with kills payment-service spends most of the time starting. */
    private static final Duration PATIENCE = Duration.ofMinutes(FULL ? 40 : 5);

    private static final int AT_ONCE = 64;
    private static final int DUE = 1_000;
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);
    private static final String FAULTS = """
            {"latencyMs": 20, "errorRate": 0.1, "timeoutAfterChargeRate": 0.05,
             "webhook": {"dropRate": 0.3, "duplicateRate": 0.3, "delayMs": 2000, "shuffle": true}}""";

    private final Running running;
    private final ApiClient api;
    private final MoneyRecords records;

    PaymentFaultsIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.records = new MoneyRecords(api, new SystemInside(running.system().settings()));
    }

    @AfterEach
    void no_more_troubles() {
        await().atMost(Duration.ofSeconds(90)).ignoreExceptions().until(() -> order("{}"));
    }

    @Test
    void a_provider_with_every_fault_at_once() throws Exception {
        List<Registered> people = registered();
        order(FAULTS);
        payAll(people);
        settles("faults", people, 0);
    }

    @Test
    void the_same_while_payment_service_is_killed_again_and_again() throws Exception {
        List<Registered> people = registered();
        order(FAULTS);
        AtomicBoolean goOn = new AtomicBoolean(true);
        int kills;
        try (ExecutorService killer = Executors.newSingleThreadExecutor()) {
            Future<Integer> killed = killer.submit(() -> killWhile(goOn));
            try {
                payAll(people);
            } finally {
                goOn.set(false);
            }
            kills = killed.get();
        }
        assertThat(kills).isPositive();
        settles("faults and kills", people, kills);
    }

    private List<Registered> registered() {
        String slug = ApiClient.newSlug("faults");
        api.putOnSale(slug, PEOPLE, "\"holdMinutes\": 60", DUE);
        List<Registered> people = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            people.add(api.register(slug, "guest", ApiClient.newAddress("payer." + i)));
        }
        return people;
    }

    private boolean order(String faults) {
        return api.put("/sandbox/faults", faults, Map.of()).status() == 200;
    }

    private void payAll(List<Registered> people) throws Exception {
        long seed = new Random().nextLong();
        System.out.printf("payers: seed=%d%n", seed);
        Random random = new Random(seed);
        Semaphore places = new Semaphore(AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (Registered person : people) {
                // Some people click twice.
                int clicks = random.nextInt(10) == 0 ? 2 : 1;
                for (int click = 0; click < clicks; click++) {
                    all.add(threads.submit(() -> {
                        places.acquireUninterruptibly();
                        try {
                            payAsAPerson(person);
                        } finally {
                            places.release();
                        }
                    }));
                }
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    /** Pays as a person does, and starts again until the result is clear. */
    private void payAsAPerson(Registered person) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(() -> {
                    Answer checkout =
                            api.send("POST", "/api/payments/" + person.id() + "/checkout", null, person.bearer());
                    if (checkout.status() == 409) {
                        return true; // The page says that it is paid.
                    }
                    if (checkout.status() != 200 && checkout.status() != 201) {
                        return false;
                    }
                    int paid = api.enterCard(checkout.at("/checkoutUrl"), ApiClient.CARD)
                            .status();
                    return paid == 200 || paid == 409;
                });
    }

    /**
     * Kills payment-service soon after the first people start to pay, and then five seconds after each restart, until all have paid.
     * Returns the number of kills.
     */
    private int killWhile(AtomicBoolean goOn) throws Exception {
        LocalSystem system = running.system();
        int kills = 0;
        while (kills < KILLS_AT_MOST) {
            long pid = system.pid("payment-service");
            Thread.sleep(kills == 0 ? Duration.ofSeconds(1) : Duration.ofSeconds(5));
            if (kills > 0 && !goOn.get()) {
                break;
            }
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            kills++;
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> system.pid("payment-service") != 0 && system.pid("payment-service") != pid);
            system.start("payment-service"); // Waits until it is ready.
        }
        return kills;
    }

    private void settles(String what, List<Registered> people, int kills) throws Exception {
        await().atMost(Duration.ofSeconds(90)).ignoreExceptions().until(() -> order("{}"));
        long end = Standstills.now();
        Set<Registered> open = new HashSet<>(people);
        await().atMost(SETTLED_WITHIN.multipliedBy(2)).ignoreExceptions().until(() -> {
            Map<String, Moved> sandbox = records.ofTheSandbox();
            open.removeIf(person -> isSettled(person, sandbox.getOrDefault(person.id(), Moved.NOTHING)));
            return open.isEmpty() && recordsAgree(people);
        });
        Duration took = Standstills.timeSince(end);
        assertThat(took).isLessThan(SETTLED_WITHIN);
        Map<String, Moved> sandbox = records.ofTheSandbox();
        assertThat(people)
                .allSatisfy(person -> assertThat(sandbox.get(person.id())).isEqualTo(new Moved(1, DUE, 0, 0)));
        System.out.printf(
                "%s: %,d people, %d kills of payment-service; each paid once and confirmed, ledger and sandbox the same to the"
                        + " cent %.1f s after the faults' end%n",
                what, people.size(), kills, took.toMillis() / 1000.0);
    }

    /** Nobody gives up before paying and every hold lasts an hour, so each person must have a seat and have paid for it once. */
    private boolean isSettled(Registered person, Moved moved) {
        return moved.captures() == 1
                && moved.kept() == DUE
                && api.registration(person).has(200).at("/status").equals("confirmed");
    }

    private boolean recordsAgree(List<Registered> people) throws SQLException {
        Map<String, Moved> ledger = records.ofTheLedger();
        Map<String, Moved> sandbox = records.ofTheSandbox();
        return people.stream()
                .allMatch(person ->
                        ledger.getOrDefault(person.id(), Moved.NOTHING).equals(sandbox.get(person.id())));
    }
}
