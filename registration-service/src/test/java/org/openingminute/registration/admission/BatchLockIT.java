package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves the time-outs by which the database ends a hanging batch, on a real database. */
@RegistrationServiceTest
class BatchLockIT {

    @Autowired
    private BatchRepository repository;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void a_batch_that_hangs_is_ended_by_the_server_and_the_next_one_goes_on() {
        repository.ensureInventory("a-conference");
        long begun = System.nanoTime();

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    // Otherwise the connection's own limit would end it.
                    jdbc.sql("set local transaction_timeout = 0").update();
                    repository.lock("a-conference");
                    jdbc.sql("select pg_sleep(30)").query().listOfRows();
                }))
                .isInstanceOf(RuntimeException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(28));
        transaction.executeWithoutResult(
                status -> assertThat(repository.lock("a-conference")).isNotNull());
    }

    @Test
    void inventory_row_is_locked_until_the_commit() {
        repository.ensureInventory("another-conference");
        transaction.executeWithoutResult(_ -> {
            repository.lock("another-conference");
            // Otherwise the server would end this transaction a second after it has refused the other one.
            jdbc.sql("set local transaction_timeout = 0").update();
            // Another thread, because it has a transaction of its own.
            assertThat(CompletableFuture.supplyAsync(() -> refusal("another-conference")))
                    .succeedsWithin(Duration.ofSeconds(60))
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("lock timeout");
        });
    }

    /** Returns why a lock is refused. On a machine that stands still the server ends the transaction, and its rollback fails as well. */
    private Throwable refusal(String conference) {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        var _ = catchThrowable(() -> transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            refusal.set(catchThrowable(() -> repository.lock(conference)));
        }));
        return refusal.get();
    }
}
