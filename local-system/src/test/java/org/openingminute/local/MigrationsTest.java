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
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that migrations do not block the writers of large tables: each statement takes only a moment, however many rows there are. The
 * migrations in {@link #LANDED} are exempt: their checksums are in databases, and the services are stopped for the last of them.
 */
class MigrationsTest {

    private static final Map<String, String> LANDED = Map.of(
            "messaging/src/main/resources/db/messaging",
            """
            V0001__messaging.sql
            V0002__another_life.sql
            V0003__timelines.sql
            V0004__packed_outbox.sql
            """,
            "notification-service/src/main/resources/db/migration",
            """
            V1000__notification.sql
            V1001__read_late.sql
            V1010__documents.sql
            V1020__tries_and_answers.sql
            V1030__announcements.sql
            V1040__mail_wordings.sql
            V1050__found_by_reference.sql
            V1060__one_mailbox_one_brake.sql
            V1070__news_of_each_end.sql
            V1080__another_life.sql
            V1090__traces.sql
            V1100__resends_in_their_lane.sql
            V1110__mails_due_later.sql
            V1120__kept_bodies.sql
            """,
            "payment-service/src/main/resources/db/migration",
            """
            V1000__payment.sql
            V1001__sandbox.sql
            V1002__disputes_watched.sql
            V1003__tries_in_business_time.sql
            V1004__documents.sql
            V1005__books.sql
            V1006__transfers.sql
            V1007__another_life.sql
            V1008__traces.sql
            V1011__returned_refunds.sql
            V1012__inquiries.sql
            V1013__kept_captures.sql
            V1014__payment_documents.sql
            V1015__documents_of_rows.sql
            V1016__sandbox_sessions.sql
            """,
            "registration-service/src/main/resources/db/migration",
            """
            V1000__registration.sql
            V1030__conference_news.sql
            V1060__news_of_each_end.sql
            V1070__another_life.sql
            V1080__timeline_codes.sql
            V1095__clock_set_backs.sql
            V1110__payment_progress.sql
            V1115__notices_due.sql
            V1120__slim_rows.sql
            V1130__sale_counts.sql
            """);

    private static final String CONF = "executeInTransaction=false";

    /** A comment before or in a statement, which says why it takes only a moment although no rule here covers it. */
    private static final Pattern EXCUSE = Pattern.compile("-- takes a moment: \\S.{9,}");

    /** Statements outside a transaction may wait without a timeout, because no other session waits behind them. */
    private static final Pattern CONCURRENTLY = Pattern.compile(
            "set lock_timeout = 0; (drop index concurrently if exists \\S+; create (unique )?index concurrently \\S+ on [^;]+; )+"
                    + "set lock_timeout = '';");

    private static final Pattern TOKEN = Pattern.compile(
            "(?s)(?<comment>--[^\\n]*|/\\*.*?\\*/)|'(?:[^']|'')*'|\\$(?<tag>\\w*)\\$(?<block>.*?)\\$\\k<tag>\\$|(?<end>;)|.");

    private static final Pattern NEW_TABLE = Pattern.compile("create table (\\w+) \\((?!.* references ).*");

    private static final Pattern OF_NEW_TABLE = Pattern.compile(
            "(?:create (?:unique )?index (?:\\w+ )?on|update|delete from|insert into|alter table|drop table) (\\w+)\\b.*");

    /** Patterns of statements that take a moment. The group {@code table} is the existing table that one of them locks. */
    private static final List<Pattern> MOMENTARY = Stream.of(
                    "create (?:or replace )?(?:function|procedure|view) .*",
                    "(?:alter|drop) (?:function|procedure|view) .*",
                    "create (?:or replace )?(?:constraint )?trigger \\w+ .*? on (?<table>\\w+) .*",
                    "drop trigger (?:if exists )?\\w+ on (?<table>\\w+)",
                    "drop (?<table>index (?:if exists )?\\w+)",
                    "drop table (?:if exists )?(?<table>\\w+)",
                    "insert into \\w+ (?:\\([^()]*\\) )?values .*")
            .map(Pattern::compile)
            .toList();

    private static final Pattern ALTER = Pattern.compile("alter table (?:only )?(?<table>\\w+) (?<actions>.*)");

    /** Actions that neither write nor read rows. */
    private static final Pattern ACTION = Pattern.compile(
            "add column (?:if not exists )?\\w+ (?:text|boolean|uuid|int|integer|smallint|bigint|date|timestamptz|interval|jsonb?|bytea|xid8"
                    + "|numeric(?:\\([\\d, ]+\\))?)(?:\\[\\])?(?: not null)?(?: default (?:-?[\\d.]+|''(?:::\\w+)?|true|false|null))?(?: not null)?"
                    + "|drop column (?:if exists )?\\w+"
                    + "|alter column \\w+ (?:drop not null|drop default|set default .*|set storage \\w+|set statistics \\d+)"
                    + "|add constraint (?!.* references ).* not valid"
                    + "|drop constraint (?:if exists )?\\w+"
                    + "|set \\([^()]*\\)");

    private static final Pattern CHANGE = Pattern.compile("\\b(update \\w+ (?:\\w+ )?set|delete from|insert into)\\b");

    @Test
    void new_migrations_leave_large_tables_to_their_writers() throws IOException {
        Map<String, List<String>> wrong = new TreeMap<>();
        for (Map.Entry<String, String> folder : LANDED.entrySet()) {
            Path scripts = TestSystems.CHECKOUT.resolve(folder.getKey());
            Set<String> names = new TreeSet<>();
            try (Stream<Path> files = Files.list(scripts)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".sql"))
                        .forEach(names::add);
            }
            List<String> landed = folder.getValue().lines().toList();
            assertThat(names).containsAll(landed);
            landed.forEach(names::remove);
            for (String name : names) {
                Path conf = scripts.resolve(name + ".conf");
                boolean transaction =
                        !Files.exists(conf) || !Files.readString(conf).strip().equals(CONF);
                wrong.put(name, complaints(Files.readString(scripts.resolve(name)), transaction));
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
                "create function f() returns trigger language plpgsql as $$ begin update payment set sequence = 1; end $$;",
                "update payment set sequence = 1",
                "do $b$ begin update payment set sequence = 1; end $b$;",
                "alter table payment add column key uuid not null default gen_random_uuid();",
                "alter table payment add column n bigserial;",
                "alter table payment add column n bigint generated by default as identity;",
                "alter table payment set unlogged;",
                "alter table payment add column n int check (n > 0);",
                "alter table payment alter column s set not null, add constraint c check (x) not valid;",
                "create index if not exists a on payment (b);",
                "with x as (select 1) update payment set sequence = 1;",
                "/* x */ update payment set sequence = 1;",
                "alter table \"payment\" add constraint c check (x);",
                "insert into payment_open select * from payment;",
                "create table other (id uuid); insert into other select id from payment;",
                "create table if not exists payment (id uuid); update payment set sequence = 1;",
                "alter table payment add column a text; alter table ledger add column a text;",
                "vacuum full payment;",
                "alter table payment add constraint c foreign key (a) references ledger not valid;",
                "-- takes a moment: yes\nupdate payment set sequence = 1;"
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
                "create function f() returns trigger language plpgsql as $$ begin\n update books_check set x = 1; -- one row\n end $$;",
                "alter table payment alter column request drop not null, add column a numeric(10, 2) default -1.5;",
                "alter table payment add constraint c check (a in ('x, y', 'z') and b > 0) not valid, drop constraint d",
                "drop index payment_by_date;",
                "insert into setting (name, value) values ('a; b', 1)",
                "-- takes a moment: the table has one row\nupdate books_check set x = 1;"
            })
    void script_that_takes_a_moment_passes(String script) {
        assertThat(complaints(script, true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"""
                set lock_timeout = 0;
                drop index concurrently if exists payment_by_date;
                create index concurrently payment_by_date on payment (changed_at) where sequence > 0;
                set lock_timeout = '1s';
                """, """
                do $$ begin
                    loop
                        update payment set sequence = 1 where id in (select id from payment where sequence <> 1 limit 1000);
                        exit when not found;
                        commit;
                    end loop;
                end $$;
                """})
    void script_without_a_transaction_takes_one_for_each_moment(String script) {
        assertThat(complaints(script, false)).isEmpty();
        assertThat(complaints(script, true)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "do $$ begin loop update payment set sequence = 1 where id in (select id from payment limit 9); commit; end loop; end $$;",
                "do $$ begin update payment set sequence = 1; end $$;",
                "update payment set sequence = 1;",
                "create index concurrently payment_by_date on payment (changed_at);"
            })
    void script_without_a_transaction_that_takes_one_for_all_is_found(String script) {
        assertThat(complaints(script, false)).isNotEmpty();
    }

    private static List<String> complaints(String script, boolean transaction) {
        List<Statement> statements = statements(script);
        String all =
                String.join(" ", statements.stream().map(one -> one.sql() + ";").toList());
        if (all.contains("concurrently")) {
            return !transaction && CONCURRENTLY.matcher(all).matches()
                    ? List.of()
                    : List.of(
                            "an index is made by a script of its own, with " + CONF + " in its .conf: " + CONCURRENTLY);
        }
        List<String> complaints = new ArrayList<>();
        Set<String> made = new HashSet<>();
        Set<String> locked = new TreeSet<>();
        for (Statement statement : statements) {
            if (!statement.isExcused() && !takesAMoment(statement, transaction, made, locked)) {
                complaints.add(statement.sql()
                        + ": is in no list of what takes a moment. Go by ranges, in a do block with limit, commit"
                        + " and exit, without transaction; or say why in front of it: " + EXCUSE);
            }
        }
        if (locked.size() > 1) {
            complaints.add("one table stays locked while another is waited for, take a script for each: " + locked);
        }
        return complaints;
    }

    private static boolean takesAMoment(
            Statement statement, boolean transaction, Set<String> made, Set<String> locked) {
        String sql = statement.sql();
        Matcher table = NEW_TABLE.matcher(sql);
        if (table.matches()) {
            return made.add(table.group(1));
        }
        Matcher ofNew = OF_NEW_TABLE.matcher(sql);
        if (ofNew.matches() && made.contains(ofNew.group(1))) {
            return !sql.matches(".*\\b(?:select|from (?!%1$s\\b)|references)\\b.*".formatted(ofNew.group(1)));
        }
        if (sql.matches("do (?:language \\w+ )?\\$\\$")) {
            return !transaction
                    && statement.block().matches(".* limit .*")
                    && statement.block().matches(".*\\bexit when .*commit;.*");
        }
        Matcher alter = ALTER.matcher(sql);
        if (alter.matches()) {
            locked.add(alter.group("table"));
            return Stream.of(alter.group("actions").split(", ?(?![^(]*\\))"))
                    .allMatch(action -> ACTION.matcher(action).matches());
        }
        for (Pattern pattern : MOMENTARY) {
            Matcher momentary = pattern.matcher(sql);
            if (momentary.matches()) {
                if (pattern.namedGroups().containsKey("table")) {
                    locked.add(momentary.group("table"));
                }
                return !CHANGE.matcher(statement.block()).find();
            }
        }
        return false;
    }

    /** @param sql the statement without comments, string literals and blocks */
    private record Statement(String sql, String block, boolean isExcused) {}

    /** The statements of a script. The last one may lack its semicolon. */
    private static List<Statement> statements(String script) {
        List<Statement> statements = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        StringBuilder block = new StringBuilder();
        boolean excused = false;
        Matcher token = TOKEN.matcher(script + ";");
        while (token.find()) {
            if (token.group("comment") != null) {
                excused |= EXCUSE.matcher(token.group()).matches();
                sql.append(' ');
            } else if (token.group("block") != null) {
                block.append(token.group("block")
                        .replaceAll("(?m)^.*-- one row$", "")
                        .replaceAll("--[^\n]*", " "));
                sql.append("$$");
            } else if (token.group("end") == null) {
                sql.append(token.group().startsWith("'") ? "''" : token.group());
            } else {
                if (!plain(sql).isEmpty()) {
                    statements.add(new Statement(plain(sql), plain(block), excused));
                }
                sql.setLength(0);
                block.setLength(0);
                excused = false;
            }
        }
        return statements;
    }

    private static String plain(CharSequence sql) {
        return sql.toString()
                .replace("\"", "")
                .replaceAll("\\s+", " ")
                .strip()
                .toLowerCase(Locale.ROOT)
                .replace("public.", "");
    }
}
