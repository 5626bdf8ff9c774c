package org.openingminute.local.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;

/** Clients that register one after another until they are stopped. Most of them pay, some do not pay yet, and some cancel after paying. */
final class BuyingClients implements AutoCloseable {

    private static final int AT_ONCE = 3;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Person> people = new CopyOnWriteArrayList<>();
    private final ApiClient api;
    private final String slug;
    private volatile boolean goesOn = true;

    BuyingClients(ApiClient api, String slug) {
        this.api = api;
        this.slug = slug;
        for (int i = 0; i < AT_ONCE; i++) {
            int first = i;
            clients.execute(() -> {
                for (int n = first; goesOn; n++) {
                    buy(n);
                    LockSupport.parkNanos(PAUSE);
                }
            });
        }
    }

    record Person(Registered registered, String email) {

        String id() {
            return registered.id();
        }

        @Override
        public String toString() {
            return email;
        }
    }

    private void buy(int n) {
        String email = ApiClient.newAddress("crowd");
        Registered registered = api.register(slug, "guest", email);
        people.add(new Person(registered, email));
        if (n % 4 != 3) {
            api.pay(registered);
        }
    }

    /** Waits until this many more people have registered. */
    void awaitMore(int more) {
        int wanted = people.size() + more;
        await().atMost(Duration.ofMinutes(1)).until(() -> people.size() >= wanted);
    }

    /** Stops the clients, and returns everybody who registered. */
    List<Person> stop() throws InterruptedException {
        goesOn = false;
        clients.shutdown();
        if (!clients.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("somebody still buys");
        }
        return List.copyOf(people);
    }

    @Override
    public void close() {
        goesOn = false;
        clients.shutdownNow();
    }
}
