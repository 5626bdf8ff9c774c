package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.Deployed;
import org.openingminute.messaging.testing.EarlierDatabase;
import org.springframework.context.ConfigurableApplicationContext;

/** Versions of this service come and go over one database. */
class UpgradeIT {

    /** Messaging's migrations have lower numbers than the service's, the later ones too. */
    @Test
    void it_brings_an_earlier_database_to_its_version_and_starts_on_a_later_one(@TempDir Path folder)
            throws IOException {
        String database =
                EarlierDatabase.without(folder, "V0002", "V0003", "V1070", "V1080", "V1095", "V1110", "V1120");

        try (ConfigurableApplicationContext service = start(database)) {
            assertThat(EarlierDatabase.isNoted(service)).isTrue();
            EarlierDatabase.noteLater(service);
        }
        start(database).close();
    }

    private static ConfigurableApplicationContext start(String database) {
        return Deployed.start(RegistrationServiceApplication.class, database, "--TICKET_KEYS=" + Deployed.keys());
    }
}
