package org.openingminute.registration.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageWanted;
import org.openingminute.registration.desk.RegistrationFilter.Span;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Searches and lists read an index, however many registrations there are. {@code search.registrations} sets how many. */
@RegistrationServiceTest
@Import(SearchAtSizeIT.OfItsOwn.class)
class SearchAtSizeIT {

    /** Gives it a database of its own, since it fills the index with rows of no registration. */
    static final class OfItsOwn {}

    private static final int REGISTRATIONS = Integer.getInteger("search.registrations", 20_000);
    private static final int ASKED = 20;
    private static final String SLUG = "of-size";

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    @Qualifier("desk")
    private JdbcClient desk;

    @Autowired
    private DeskRegistrations registrations;

    /** Names of four letters, of which each beginning of two is that of one in 26 registrations. */
    @BeforeEach
    void fill() {
        if (jdbc.sql("select exists (select from desk_registration where conference = ?)")
                .param(SLUG)
                .query(Boolean.class)
                .single()) {
            return;
        }
        jdbc.sql("""
                insert into desk_registration (id, conference, created_at, version, needs, needs_since, needs_due, oldest_need, counted,
                                               words)
                select gen_random_uuid(), ?, timestamptz '2026-02-02T17:00:00Z' + n * interval '1 second', 1,
                       case when n % 1000 = 0 then array['proof'] else '{}' end,
                       case when n % 1000 = 0 then array[timestamptz '2026-02-02T17:00:00Z'] else '{}' end,
                       case when n % 1000 = 0 then array[timestamptz '2026-02-03T17:00:00Z'] else '{}' end,
                       case when n % 1000 = 0 then timestamptz '2026-02-02T17:00:00Z' else 'infinity' end, '[]',
                       array_to_tsvector(array[
                           chr(97 + n % 26) || 'a' || n, 'person' || n, 'person' || n || '@example.org', 'example.org',
                           case when n % 5 = 0 then 'STATUS:EXPIRED' else 'STATUS:CONFIRMED' end,
                           case when n % 1000 = 0 then 'NEED:PROOF' else 'CATEGORY:ACADEMIC' end])
                  from generate_series(1, ?) as n
                """).param(SLUG).param(REGISTRATIONS).update();
        jdbc.sql("vacuum analyze desk_registration").update();
    }

    @Test
    void no_search_reads_the_whole_table() {
        for (String q : List.of("ma", "person77", "example", "nobody", "ma person", "e", "")) {
            for (String status : List.of("", "confirmed", "expired", "rejected")) {
                for (String sort : List.of("newest", "oldest", "need")) {
                    RegistrationFilter filter = filter(q, status, sort);
                    String plan = plan(filter);
                    assertThat(plan)
                            .as("%s, %s, %s", q, status, sort)
                            .doesNotContain("Seq Scan")
                            .contains("desk_registration_");
                }
            }
        }
        assertThat(plan(filter("person77", "", "newest"))).contains("desk_registration_words");
        assertThat(plan(filter("", "", "newest"))).contains("desk_registration_newest");
    }

    @Test
    void search_takes_milliseconds() {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            RegistrationFilter filter = filter(i % 2 == 0 ? "ma" : "person7", "", "newest");
            long began = System.nanoTime();
            registrations.list(SLUG, filter);
            took.add(Duration.ofNanos(System.nanoTime() - began));
        }
        Collections.sort(took);
        System.out.printf(
                "search: %d registrations, median %d ms, slowest %d ms%n",
                REGISTRATIONS, took.get(ASKED / 2).toMillis(), took.getLast().toMillis());
        assertThat(took.get(ASKED / 2)).isLessThan(Duration.ofMillis(300));
    }

    private String plan(RegistrationFilter filter) {
        DeskRegistrations.Query query = DeskRegistrations.query(SLUG, filter);
        return String.join(
                "\n",
                desk.sql("explain " + query.sql())
                        .params(query.values())
                        .query(String.class)
                        .list());
    }

    private static RegistrationFilter filter(String q, String status, String sort) {
        return RegistrationFilter.of(
                q,
                new Choices(status, null, null, null, null, null, null),
                new Span(null, null),
                new PageWanted(sort, null, null));
    }
}
