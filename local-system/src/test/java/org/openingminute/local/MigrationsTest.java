package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Migrations leave large tables to their writers. Those up to {@link #LANDED} are what they are: their checksums are in databases, and
 * the services are stopped for the last of them.
 */
class MigrationsTest {

    private static final Map<String, Integer> LANDED = Map.of(
            "messaging/src/main/resources/db/messaging", 4,
            "notification-service/src/main/resources/db/migration", 1120,
            "payment-service/src/main/resources/db/migration", 1016,
            "registration-service/src/main/resources/db/migration", 1130);

    private static final String CONF = "executeInTransaction=false";

    /** Statements that are no transaction wait for as long as it takes, because nobody waits behind them. */
    private static final Pattern CONCURRENTLY = Pattern.compile(
            "set lock_timeout = 0; (drop index concurrently if exists \\S+; create (unique )?index concurrently \\S+ on [^;]+; )+"
                    + "set lock_timeout = '2s';");

    /** Statements about a table, by what is wrong with them if it was there before. */
    private static final Map<Pattern, String> OF_NEW_TABLES_ALONE = Map.of(
            Pattern.compile("^create (?:unique )?index (?!concurrently )(?:\\S+ )?on (?:only )?([a-z_.]+)"),
            "writers wait for this index: create index concurrently",
            Pattern.compile("^(?:update|delete from) (?:only )?([a-z_.]+)"),
            "changes all rows in one transaction: go by ranges, in a do block with commit and limit",
            Pattern.compile("^alter table (?:only )?([a-z_.]+) (?!.*(?:not valid|using index))"
                    + ".*(?:add constraint|add (?:primary key|unique|foreign key|check)|primary key|unique|references|set not null"
                    + "|generated always| type )"),
            "reads or writes the whole table under its lock",
            Pattern.compile("^(?:lock table|truncate|cluster|vacuum full|reindex \\w+) (?:only )?([a-z_.]+)"),
            "keeps writers out");

    @Test
    void new_migrations_leave_large_tables_to_their_writers() throws IOException {
        Map<String, List<String>> wrong = new TreeMap<>();
        for (Map.Entry<String, Integer> landed : LANDED.entrySet()) {
            try (Stream<Path> files = Files.list(TestSystems.CHECKOUT.resolve(landed.getKey()))) {
                for (Path script :
                        files.filter(file -> file.toString().endsWith(".sql")).toList()) {
                    String name = script.getFileName().toString();
                    if (Integer.parseInt(name.substring(1, name.indexOf("__"))) > landed.getValue()) {
                        Path conf = script.resolveSibling(name + ".conf");
                        boolean transaction = !Files.exists(conf)
                                || !Files.readString(conf).strip().equals(CONF);
                        wrong.put(name, complaints(Files.readString(script), transaction));
                    }
                }
            }
        }
        assertThat(wrong)
                .isNotEmpty()
                .allSatisfy(
                        (name, complaints) -> assertThat(complaints).as(name).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index payment_by_date on payment (changed_at);",
                "create unique index on payment (request);",
                "create table other (id uuid); create index payment_by_date on payment (changed_at);",
                "create index concurrently payment_by_date on payment (changed_at);",
                "update payment set sequence = 1;",
                "-- all\nupdate payment\n   set sequence = 1;",
                "delete from payment;",
                "alter table payment add constraint positive check (sequence > 0);",
                "alter table payment alter column request set not null;",
                "alter table payment alter column sequence type integer;",
                "alter table payment add column other text unique;",
                "alter table payment add column other bigint generated always as (sequence) stored;",
                "lock table payment;",
                "do $$ begin update payment set sequence = 1; end $$;",
                "do $$ begin loop update payment set sequence = 1; commit; end loop; end $$;",
                "create function f() returns trigger language plpgsql as $$ begin update payment set sequence = 1; end $$;"
            })
    void script_that_keeps_writers_waiting_is_found(String script) {
        assertThat(complaints(script, true)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table other (id uuid not null primary key); create index other_id on other (id); update other set id = null;",
                "alter table payment add column other text, add column third bigint not null default 0;",
                "alter table payment add constraint positive check (sequence > 0) not valid;",
                "create function f() returns trigger language plpgsql as $$ begin\n update books_check set x = 1; -- one row\n end $$;"
            })
    void script_that_takes_a_moment_passes(String script) {
        assertThat(complaints(script, true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"""
                set lock_timeout = 0;
                drop index concurrently if exists payment_by_date;
                create index concurrently payment_by_date on payment (changed_at) where sequence > 0;
                set lock_timeout = '2s';
                """, """
                do $$ begin loop update payment set sequence = 1 where id in (select id from payment limit 1000); commit; end loop; end $$;
                """})
    void script_without_a_transaction_takes_one_for_each_moment(String script) {
        assertThat(complaints(script, false)).isEmpty();
        assertThat(complaints(script, true)).isNotEmpty();
    }

    private static List<String> complaints(String script, boolean transaction) {
        String sql = script.replaceAll("(?m)^.*-- one row$", "")
                .replaceAll("--[^\n]*", " ")
                .replaceAll("\\s+", " ")
                .strip()
                .toLowerCase(Locale.ROOT);
        List<String> complaints = new ArrayList<>();
        if (sql.contains("concurrently")
                && (transaction || !CONCURRENTLY.matcher(sql).matches())) {
            complaints.add("an index is made by a script of its own, with " + CONF + " in its .conf: " + CONCURRENTLY);
            return complaints;
        }
        Set<String> made = new HashSet<>();
        for (String statement : statements(sql)) {
            Matcher table = Pattern.compile("^create table (?:if not exists )?([a-z_.]+)")
                    .matcher(statement);
            if (table.find()) {
                made.add(table.group(1));
            }
            if (statement.contains("$$")) {
                ofBlock(statement, transaction, complaints);
            } else {
                OF_NEW_TABLES_ALONE.forEach((pattern, why) -> {
                    Matcher about = pattern.matcher(statement);
                    if (about.find() && !made.contains(about.group(1))) {
                        complaints.add(statement + ": " + why);
                    }
                });
            }
        }
        return complaints;
    }

    private static void ofBlock(String block, boolean transaction, List<String> complaints) {
        boolean changes = Pattern.compile("\\b(update [a-z_.]+ (?:\\w+ )?set|delete from|insert into)\\b")
                .matcher(block)
                .find();
        boolean byRanges = !transaction && block.contains("commit;") && block.contains(" limit ");
        if (changes && !byRanges) {
            complaints.add(block
                    + ": changes rows in one transaction: commit each range, or say \"-- one row\" behind the line");
        }
    }

    /** The statements of a script; what stands between dollars is one. */
    private static List<String> statements(String sql) {
        List<String> statements = new ArrayList<>();
        Matcher one = Pattern.compile("((?:[^;$]++|\\$\\$.*?\\$\\$)+);").matcher(sql);
        while (one.find()) {
            statements.add(one.group(1).strip());
        }
        return statements;
    }
}
