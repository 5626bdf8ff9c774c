package org.openingminute.registration.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.desk.DeskAttendees.NamePosition;
import org.openingminute.registration.desk.DeskFigures.Step;
import org.openingminute.registration.desk.DeskRegistrations.Row;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageRequest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Proves that searches, lists and the overview read by index for any number of registrations, on a real database. The end-to-end tests
 * measure their duration.
 */
@RegistrationServiceTest
@Import(SearchAtSizeIT.OfItsOwn.class)
class SearchAtSizeIT {

    /** Gives this class its own database, because it fills the index with rows without a registration. */
    static final class OfItsOwn {}

    private static final int REGISTRATIONS = 20_000;
    private static final int ASKED = 20;
    private static final int PAGE = 50;
    private static final int MOST_PAGES = 8;

    /** The slug of the filled conference. */
    private static String slug = "";

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    @Qualifier("desk")
    private JdbcClient desk;

    @Autowired
    private DeskRegistrations registrations;

    @Autowired
    private ServiceFixture service;

    /** Inserts one registration for each second before the test. Each two-letter beginning of a name occurs in one of 26 registrations. */
    @BeforeEach
    void fill() {
        if (!slug.isEmpty()) {
            return;
        }
        slug = service.putConference(2 * REGISTRATIONS, 600);
        jdbc.sql("""
                insert into desk_registration (id, conference, created_at, version, needs, needs_since, needs_due, oldest_need, counted,
                                               words)
                select gen_random_uuid(), ?, timestamptz '2026-02-02T17:00:00Z' - n * interval '1 second', 1,
                       case when n % 1000 = 0 then array['proof'] else '{}' end,
                       case when n % 1000 = 0 then array[timestamptz '2026-02-02T17:00:00Z'] else '{}' end,
                       case when n % 1000 = 0 then array[timestamptz '2026-02-03T17:00:00Z'] else '{}' end,
                       case when n % 1000 = 0 then timestamptz '2026-02-02T17:00:00Z' else 'infinity' end, '[]',
                       array_to_tsvector(array[
                           chr(97 + n % 26) || 'a' || n, 'person' || n, 'person' || n || '@example.org', 'example.org',
                           case when n % 5 = 0 then 'STATUS:EXPIRED' else 'STATUS:CONFIRMED' end,
                           case when n % 1000 = 0 then 'NEED:PROOF' else 'CATEGORY:ACADEMIC' end])
                  from generate_series(1, ?) as n
                """).param(slug).param(REGISTRATIONS).update();
        jdbc.sql("""
                insert into desk_attendee (id, registration, conference, name_key, words)
                select gen_random_uuid(), id, conference, 'person ' || id,
                       array_to_tsvector(array['person', left(id::text, 2) || 'a', 'example.org'])
                  from desk_registration where conference = ?
                """).param(slug).update();
        jdbc.sql("""
                insert into sale_minute (conference, at, registered, confirmed, ended, captured, refunded)
                select conference, date_trunc('minute', created_at), count(*), count(*), 0, 10000 * count(*), 0
                  from desk_registration where conference = ? group by 1, 2
                """).param(slug).update();
        jdbc.sql("""
                insert into sale_count (conference, made_from, registrations, confirmed, captured, refunded)
                select conference, date_bin('15 minutes', created_at, 'epoch'), count(*), count(*), 10000 * count(*), 0
                  from desk_registration where conference = ? group by 1, 2
                """).param(slug).update();
        jdbc.sql("vacuum analyze desk_registration, desk_attendee, sale_minute, sale_count")
                .update();
    }

    @Test
    void no_search_reads_the_whole_table() {
        for (String q : List.of("ma", "person77", "example", "nobody", "ma person", "e", "")) {
            for (String status : List.of("", "confirmed", "expired", "rejected")) {
                for (String sort : List.of("newest", "oldest", "need")) {
                    RegistrationFilter filter = chosen(q, status, sort);
                    String plan = plan(filter);
                    assertThat(plan)
                            .as("%s, %s, %s", q, status, sort)
                            .doesNotContain("Seq Scan")
                            .contains("desk_registration_");
                    if (!q.isEmpty()) {
                        assertThat(plan(DeskRegistrations.nextQuery(slug, filter)))
                                .as("next rows: %s, %s, %s", q, status, sort)
                                .doesNotContain("Seq Scan", "Sort")
                                .contains("desk_registration_" + (sort.equals("need") ? "need" : "newest"));
                    }
                }
            }
        }
        assertThat(plan(filter("person77", "newest", null))).contains("desk_registration_words");
        assertThat(plan(filter("", "newest", null))).contains("desk_registration_newest");
    }

    @Test
    void no_search_of_attendees_reads_the_whole_table() {
        for (String q : List.of("4a", "person", "nobody", "4a person", "")) {
            @Nullable String words = SearchWords.query(q, List.of());
            assertThat(plan(DeskAttendees.query(slug, words, 50, null)))
                    .as(q)
                    .doesNotContain("Seq Scan")
                    .contains("desk_attendee_");
            if (words != null) {
                assertThat(plan(DeskAttendees.nextQuery(slug, words, 50, null)))
                        .as("next rows: %s", q)
                        .doesNotContain("Seq Scan", "Sort")
                        .contains("desk_attendee_name");
            }
        }
        assertThat(plan(DeskAttendees.query(slug, null, 50, new NamePosition("person", UUID.randomUUID()))))
                .contains("desk_attendee_name");
        assertThat(plan(new DeskRegistrations.Query(
                        SimilarNames.SIMILAR + "select * from alike",
                        Map.of("conference", slug, "name", "lovelase", "most", 5))))
                .doesNotContain("Seq Scan")
                .contains("desk_attendee_similar");
    }

    /** Covers each order, page by page, for words found among the next rows and by the index of words. */
    @Test
    void common_and_rare_words_find_all_rows_that_have_them_in_order() {
        for (String q : List.of("person", "example", "ma", "person77", "nobody", "ca person1")) {
            for (String sort : List.of("newest", "oldest", "need")) {
                @Nullable String last = null;
                List<UUID> all = desk.sql(
                                "select id from desk_registration where conference = :conference and words @@ :words::tsquery order by "
                                        + (sort.equals("need") ? "oldest_need, id" : "created_at, id"))
                        .param("conference", slug)
                        .param("words", filter(q, sort, null).words())
                        .query(UUID.class)
                        .list();
                List<UUID> expected = sort.equals("newest") ? all.reversed() : all;
                List<UUID> found = new ArrayList<>();
                do {
                    List<Row> rows = registrations.rows(slug, filter(q, sort, last));
                    List<Row> page = rows.subList(0, Math.min(PAGE, rows.size()));
                    page.forEach(row -> found.add(row.id()));
                    last = rows.size() > PAGE ? page.getLast().position().encoded() : null;
                } while (last != null && found.size() < MOST_PAGES * PAGE);
                assertThat(found)
                        .as("%s, %s", q, sort)
                        .isEqualTo(expected.subList(0, Math.min(expected.size(), MOST_PAGES * PAGE)));
            }
        }
    }

    /** One statement each for seats and money, for needs and for charts; the rest is cached. */
    @Test
    void overview_takes_three_statements_of_its_own() {
        Map<String, Object> conference = Map.of("conference", slug);
        assertThat(plan(new DeskRegistrations.Query(DeskFigures.NEEDS_BY_KIND, conference)))
                .doesNotContain("Seq Scan")
                .contains("desk_registration_need");
        assertThat(plan(new DeskRegistrations.Query(
                        DeskFigures.SERIES,
                        Map.of("conference", slug, "begins", new Long[] {0L, 1_000L}, "from", 0L, "to", 2_000L))))
                .doesNotContain("Seq Scan")
                .contains("sale_minute_pkey");
        StatementCounts counts = StatementCounts.of(jdbc);
        overview("day");
        StatementCounts.Counts before = counts.now();

        for (int i = 0; i < ASKED; i++) {
            overview(Step.values()[i % 3].wireName());
        }

        StatementCounts.Counts used = counts.now().since(before);
        for (String part : List.of("from sale_minute", "n.kind, count(*)", "from sale_count")) {
            assertThat(used.sum(text -> text.contains(part))).as(part).isEqualTo(ASKED);
        }
        assertThat(used.sum(_ -> true))
                .as("all, with those of the idle service: %s", used)
                .isLessThan(10 * ASKED);
    }

    private void overview(String step) {
        HttpResponse<byte[]> page = service.download("/desk/" + slug + "?step=" + step, staffToken("organiser"));
        assertThat(new String(page.body(), StandardCharsets.UTF_8))
                .contains("Overview of Test Conference", "class=\"chart\"", "Proofs to review");
    }

    private String plan(RegistrationFilter filter) {
        return plan(DeskRegistrations.query(slug, filter));
    }

    private String plan(DeskRegistrations.Query query) {
        return String.join(
                "\n",
                desk.sql("explain " + query.sql())
                        .params(query.values())
                        .query(String.class)
                        .list());
    }

    private static RegistrationFilter filter(String q, String sort, @Nullable String after) {
        return RegistrationFilter.of(
                new Choices(q, null, null, null, null, null, null, null, null, null),
                new PageRequest(sort, "" + PAGE, after));
    }

    private static RegistrationFilter chosen(String q, String status, String sort) {
        return RegistrationFilter.of(
                new Choices(q, status, null, null, null, null, null, null, null, null),
                new PageRequest(sort, null, null));
    }
}
