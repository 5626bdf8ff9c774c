package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.springframework.context.ConfigurableApplicationContext;

/** Proves that versions of this service can follow each other over one database, on a real database. */
@Isolated("it takes the commands of every test")
class UpgradeIT {

    /** Messaging's migrations have lower numbers than the service's, even those that were added later. */
    @Test
    void service_migrates_an_earlier_database_and_starts_on_a_later_one(@TempDir Path folder) throws IOException {
        String database = EarlierDatabase.without(folder, "V0002", "V1007");

        try (ConfigurableApplicationContext service = start(database)) {
            assertThat(EarlierDatabase.isNoted(service)).isTrue();
            EarlierDatabase.noteLater(service);
        }
        start(database).close();
    }

    private static ConfigurableApplicationContext start(String database) {
        return Deployed.start(
                PaymentServiceApplication.class,
                database,
                "--PAYMENT_CARD_PROVIDER=none",
                "--SELLER_NAME=Systems Society",
                "--SELLER_ADDRESS=1 Main Street|Springfield");
    }
}
