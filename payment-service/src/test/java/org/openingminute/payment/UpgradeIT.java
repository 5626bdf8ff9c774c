package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.springframework.context.ConfigurableApplicationContext;

/** A database that an earlier version has made is brought to what this one needs. */
class UpgradeIT {

    @Test
    void a_later_migration_of_messaging_comes_to_a_database_that_has_higher_ones_of_the_service(@TempDir Path folder)
            throws IOException {
        String database = EarlierDatabase.without(folder, "V0002", "V1007", "V1008");

        try (ConfigurableApplicationContext service =
                Deployed.start(PaymentServiceApplication.class, database, "--PAYMENT_CARD_PROVIDER=none")) {
            assertThat(EarlierDatabase.isNoted(service)).isTrue();
        }
    }
}
