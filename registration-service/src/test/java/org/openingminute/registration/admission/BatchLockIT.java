package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What the database itself does to a batch that hangs. */
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
                    repository.lock("a-conference");
                    jdbc.sql("select pg_sleep(30)").query().listOfRows();
                }))
                .isInstanceOf(RuntimeException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
        transaction.executeWithoutResult(
                status -> assertThat(repository.lock("a-conference")).isNotNull());
    }

    @Test
    void inventory_row_is_locked_until_the_commit() {
        repository.ensureInventory("another-conference");
        transaction.executeWithoutResult(_ -> {
            repository.lock("another-conference");
            // On a thread of its own, and so in a transaction of its own.
            assertThat(CompletableFuture.runAsync(
                            () -> transaction.executeWithoutResult(_ -> repository.lock("another-conference"))))
                    .failsWithin(Duration.ofSeconds(8))
                    .withThrowableThat()
                    .withMessageContaining("lock timeout");
        });
    }
}
