package org.openingminute.messaging.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database with the schema of an earlier version of a service, and without rows. */
public final class EarlierDatabase {

    private EarlierDatabase() {}

    /**
     * Creates the database; user and password are {@code postgres}.
     *
     * @param folder an empty folder for copies of the migrations
     * @param later the first migrations of messaging and of the service to leave out, for example {@code V0004} and {@code V1070}; all
     *     migrations run if none is given
     * @return its JDBC URL
     */
    public static String without(Path folder, String... later) throws IOException {
        String database = TestInfrastructure.emptyDatabase("earlier");
        PathMatchingResourcePatternResolver classPath = new PathMatchingResourcePatternResolver();
        for (String place : new String[] {"classpath*:db/messaging/V*", "classpath*:db/migration/V*"}) {
            for (Resource migration : classPath.getResources(place)) {
                String name = Objects.requireNonNull(migration.getFilename());
                if (Arrays.stream(later).noneMatch(first -> isFrom(first, name))) {
                    try (InputStream in = migration.getInputStream()) {
                        Files.copy(in, folder.resolve(name));
                    }
                }
            }
        }
        TestInfrastructure.migrations(database)
                .locations("filesystem:" + folder)
                .load()
                .migrate();
        return database;
    }

    /** Whether a migration is the given one or a later one of the same module. Those of messaging have numbers below 1000. */
    private static boolean isFrom(String first, String name) {
        String version = name.substring(0, name.indexOf("__"));
        return isOfMessaging(first) == isOfMessaging(version) && version.compareTo(first) >= 0;
    }

    private static boolean isOfMessaging(String version) {
        return version.startsWith("V0");
    }

    /** Whether a service on such a database has noted the incarnation; a later migration creates the table for it. */
    public static boolean isNoted(ApplicationContext service) {
        return service.getBean(JdbcClient.class)
                .sql("select exists (select from database_incarnation where database <> 0)")
                .query(Boolean.class)
                .single();
    }

    /** Records two migrations that only a later version has: one of messaging and one of the service. */
    public static void noteLater(ApplicationContext service) {
        service.getBean(JdbcClient.class).sql("""
                        insert into flyway_schema_history
                               (installed_rank, version, description, type, script, installed_by, execution_time, success)
                        select 10000 + version::integer, version, 'later', 'SQL', 'V' || version || '__later.sql', 'postgres', 1, true
                          from unnest(array['0999', '9999']) as later (version)
                        """).update();
    }
}
