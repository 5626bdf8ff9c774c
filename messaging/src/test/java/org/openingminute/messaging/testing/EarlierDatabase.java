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

/** A database as an earlier version of a service has left it, empty of rows. */
public final class EarlierDatabase {

    private EarlierDatabase() {}

    /**
     * Makes one; user and password are {@code postgres}.
     *
     * @param folder empty, for copies of the migrations
     * @param later the first migration of messaging and the first of the service that did not exist then, as {@code V0004} and
     *     {@code V1070}; without one, all of them are there
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

    /** Whether a migration comes at this one of its place or after it; messaging's have numbers below 1000. */
    private static boolean isFrom(String first, String name) {
        String version = name.substring(0, name.indexOf("__"));
        return isOfMessaging(first) == isOfMessaging(version) && version.compareTo(first) >= 0;
    }

    private static boolean isOfMessaging(String version) {
        return version.startsWith("V0");
    }

    /** Whether a service that was started on one has noted which database it is: a later migration made the table for that. */
    public static boolean isNoted(ApplicationContext service) {
        return service.getBean(JdbcClient.class)
                .sql("select exists (select from database_incarnation where database <> 0)")
                .query(Boolean.class)
                .single();
    }

    /** Notes two migrations that only a later version of this service has: one of messaging and one of its own. */
    public static void noteLater(ApplicationContext service) {
        service.getBean(JdbcClient.class).sql("""
                        insert into flyway_schema_history
                               (installed_rank, version, description, type, script, installed_by, execution_time, success)
                        select 10000 + version::integer, version, 'later', 'SQL', 'V' || version || '__later.sql', 'postgres', 1, true
                          from unnest(array['0999', '9999']) as later (version)
                        """).update();
    }
}
