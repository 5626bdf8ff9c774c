package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database that an earlier version has made is brought to what this one needs. */
class UpgradeIT {

    @TempDir
    private Path earlier;

    @Test
    void a_later_migration_of_messaging_comes_to_a_database_that_has_higher_ones_of_the_service() throws IOException {
        String database = TestInfrastructure.newDatabase("upgraded");
        copy("classpath:db/messaging/V0001__*.sql");
        copy("classpath:db/migration/V1000__*.sql");
        copy("classpath:db/migration/V1030__*.sql");
        copy("classpath:db/migration/V1060__*.sql");
        Flyway.configure()
                .dataSource(database, "postgres", "postgres")
                .locations("filesystem:" + earlier)
                .load()
                .migrate();

        try (ConfigurableApplicationContext service = RehearsalDatabaseIT.start("deployed", database)) {
            assertThat(service.getBean(JdbcClient.class)
                            .sql("select count(*) from database_incarnation where database <> 0")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        }
    }

    private void copy(String pattern) throws IOException {
        for (Resource migration : new PathMatchingResourcePatternResolver().getResources(pattern)) {
            try (InputStream in = migration.getInputStream()) {
                Files.copy(in, earlier.resolve(Objects.requireNonNull(migration.getFilename())));
            }
        }
    }
}
