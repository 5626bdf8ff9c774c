package org.openingminute.registration.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StatementCounts;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.desk.DeskAttendees.NamePosition;
import org.openingminute.registration.desk.DeskFigures.Step;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageWanted;
import org.openingminute.registration.desk.RegistrationFilter.Span;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Searches, lists and the overview read an index, however many registrations there are. {@code search.registrations} sets how many.
 */
@RegistrationServiceTest
@Import(SearchAtSizeIT.OfItsOwn.class)
class SearchAtSizeIT {

    /** Gives it a database of its own, since it fills the index with rows of no registration. */
    static final class OfItsOwn {}

    private static final int REGISTRATIONS = Integer.getInteger("search.registrations", 20_000);
    private static final int ASKED = 20;
    private static final Duration SEARCH = Duration.ofMillis(300);
    private static final Duration OVERVIEW = Duration.ofMillis(50);

    /** Of the conference that is filled. */
    private static String slug = "";

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    @Qualifier("desk")
    private JdbcClient desk;

    @Autowired
    private DeskRegistrations registrations;

    @Autowired
    private DeskAttendees attendees;

    @Autowired
    private ServiceFixture service;

    /** A registration in each second before the test. Of the beginnings of names that have two letters each is that of one in 26. */
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
    void no_search_of_attendees_reads_the_whole_table() {
        for (String q : List.of("4a", "person", "nobody", "4a person", "")) {
            assertThat(plan(DeskAttendees.query(slug, q, 50, null)))
                    .as(q)
                    .doesNotContain("Seq Scan")
                    .contains("desk_attendee_");
        }
        assertThat(plan(DeskAttendees.query(slug, "", 50, new NamePosition("person", UUID.randomUUID()))))
                .contains("desk_attendee_name");
        assertThat(plan(new DeskRegistrations.Query(
                        SimilarNames.SIMILAR + "select * from alike",
                        Map.of("conference", slug, "name", "lovelase", "most", 5))))
                .doesNotContain("Seq Scan")
                .contains("desk_attendee_similar");
    }

    @Test
    void search_takes_milliseconds() {
        assertThat(timed("search", i -> registrations.list(slug, filter(i % 2 == 0 ? "ma" : "person7", "", "newest")))
                        .get(ASKED / 2))
                .isLessThan(SEARCH);
        assertThat(timed("search of attendees", i -> attendees.list(slug, i % 2 == 0 ? "4a" : "pers", 50, null))
                        .get(ASKED / 2))
                .isLessThan(SEARCH);
    }

    /** One statement each for seats and money, for what waits and for the charts; all else is kept for a moment. */
    @Test
    void overview_takes_three_statements_and_milliseconds() {
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

        List<Duration> took = timed("overview", i -> overview(Step.values()[i % 3].wireName()));

        StatementCounts.Counts used = counts.now().since(before);
        for (String part : List.of("from sale_minute", "n.kind, count(*)", "from sale_count")) {
            assertThat(used.sum(text -> text.contains(part))).as(part).isEqualTo(ASKED);
        }
        assertThat(used.sum(_ -> true))
                .as("all, with those of the idle service: %s", used)
                .isLessThan(10 * ASKED);
        // Rendering is all processor time, which other tests take meanwhile: of four calls the fastest counts.
        assertThat(took.get(ASKED / 4)).isLessThan(OVERVIEW);
    }

    private void overview(String step) {
        HttpResponse<byte[]> page = service.download("/desk/" + slug + "?step=" + step, staffToken("organiser"));
        assertThat(new String(page.body(), StandardCharsets.UTF_8))
                .contains("Overview of Test Conference", "class=\"chart\"", "Proofs to review");
    }

    /** How long each call took, the fastest first. */
    private static List<Duration> timed(String what, IntConsumer call) {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            long began = System.nanoTime();
            call.accept(i);
            took.add(Duration.ofNanos(System.nanoTime() - began));
        }
        Collections.sort(took);
        System.out.printf(
                "%s: %d registrations, median %d ms, slowest %d ms%n",
                what,
                REGISTRATIONS,
                took.get(ASKED / 2).toMillis(),
                took.getLast().toMillis());
        return took;
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

    private static RegistrationFilter filter(String q, String status, String sort) {
        return RegistrationFilter.of(
                q,
                new Choices(status, null, null, null, null, null, null),
                new Span(null, null),
                new PageWanted(sort, null, null));
    }
}
