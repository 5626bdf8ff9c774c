package org.openingminute.local.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * A conference with very many registrations of one attendee each, made over the last thirty days. One in four is cancelled, and in the
 * desk's index one in a thousand waits for the review of a proof. Two are real, a confirmed one and a cancelled one; the rows of the others
 * are copies of their rows with other names, times and ids. A third real one has an attendee with the name {@value #FORMULA}.
 */
final class FilledConference {

    static final String FORMULA = "=1+1";

    /** A placeholder for the names and the number of each person in the rows that are copied. */
    private static final Person TEMPLATE = new Person(987_654_321, "Qgivenq", "Qfamilyq", "Qplaceq");

    private static final String EVENTS = "registration.events.v1";
    private static final int REAL = 3;
    private static final int SEATS = 1_000_000;
    private static final int AT_ONCE = 50_000;
    private static final Duration SPAN = Duration.ofDays(30);
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final Map<Filling, FilledConference> FILLED = new ConcurrentHashMap<>();

    private static final String TEMPORARY = """
            create temp table person (number integer, id uuid, attendee uuid, code text, given text, family text, place text, at text)
                on commit delete rows;
            create temp table template as
            select r.id, r.document::text as document, right(r.document ->> 'reference', 6) as code,
                   r.document -> 'attendees' -> 0 ->> 'id' as attendee, r.document ->> 'createdAt' as at, r.status, r.began_as, r.revision,
                   d.version, d.counted, d.words::text as words, a.name_key, a.words::text as attendee_words
              from registration r
              join desk_registration d using (id)
              join desk_attendee a on a.registration = r.id
             where r.conference = '%s' and r.number < 2;
            """;

    /** Selects the template of a person. */
    private static final String MADE =
            " from person p join template t on t.status = case when p.number %% 4 = 0 then 'cancelled' else 'confirmed' end";

    private static final String REGISTRATIONS = """
            insert into registration (id, conference, number, began_as, created_at, revision, changed_at, status, document)
            select p.id, '%1$s', p.number, t.began_as, p.at::timestamptz, t.revision, p.at::timestamptz, t.status,
            """
            + personal(
                    "replace(replace(replace(replace(replace(replace(replace(t.document, t.id::text, p.id::text), t.attendee, p.attendee::text)"
                            + ", t.code, p.code), t.at, p.at), 'Qgivenq', p.given), 'Qfamilyq', p.family), 'Qplaceq', p.place)")
            + "::json" + MADE;

    private static final String INDEX = """
            insert into desk_registration (id, conference, created_at, version, needs, needs_since, needs_due, oldest_need, counted, words)
            select p.id, '%1$s', p.at::timestamptz, t.version, case when n.waits then array['proof'] else '{}' end,
                   case when n.waits then array[p.at::timestamptz] else '{}' end,
                   case when n.waits then array[p.at::timestamptz + interval '5 days'] else '{}' end,
                   case when n.waits then p.at::timestamptz else 'infinity' end, t.counted,
                   (case when n.waits then '''NEED:PROOF'' ' else '' end ||
            """ + words("t.words") + ")::tsvector" + MADE + """
             cross join lateral (select p.number %% 1000 = 1 as waits) as n;
            insert into desk_attendee (id, registration, conference, name_key, words)
            select p.attendee, p.id, '%1$s',
            """ + words("t.name_key") + ","
            + words("t.attendee_words") + "::tsvector" + MADE + ";"
            + """
            insert into sale_minute as s (conference, at, registered, confirmed, ended, captured, refunded)
            select '%1$s', date_trunc('minute', p.at::timestamptz), count(*), count(*), count(*) filter (where p.number %% 4 = 0), 0, 0
              from person p group by 2
            on conflict (conference, at) do update
               set registered = s.registered + excluded.registered, confirmed = s.confirmed + excluded.confirmed,
                   ended = s.ended + excluded.ended;
            """;

    private static final String COUNTS = """
            insert into sale_count as s (conference, made_from, registrations, confirmed, captured, refunded)
            select '%1$s', date_bin('15 minutes', p.at::timestamptz, 'epoch'), count(*), count(*) filter (where p.number %% 4 > 0), 0, 0
              from person p group by 2
            on conflict (conference, made_from) do update
               set registrations = s.registrations + excluded.registrations, confirmed = s.confirmed + excluded.confirmed;
            update quota set sold = sold + (select count(*) from person where number %% 4 > 0) where conference = '%1$s';
            update inventory set next_reference = next_reference + (select count(*) from person) where conference = '%1$s';
            """;

    private final ApiClient api;
    private final SystemInside inside;
    private final String brokers;
    private final String slug = ApiClient.newSlug("filled");
    private final int registrations;
    private String prefix = "";

    private record Filling(Running running, int registrations) {}

    private FilledConference(Running running, int registrations) {
        this.api = running.api();
        this.inside = new SystemInside(running.system().settings());
        this.brokers = running.system().settings().brokers();
        this.registrations = registrations;
    }

    /** The system's conference with this many registrations, all in the desk's index. It is filled at the first call. */
    static FilledConference of(Running running, int registrations) {
        return FILLED.computeIfAbsent(new Filling(running, registrations), _ -> {
            FilledConference conference = new FilledConference(running, registrations);
            conference.fill(true);
            return conference;
        });
    }

    /** Another conference, with only the real registrations in the desk's index. */
    static FilledConference notIndexed(Running running, int registrations) {
        FilledConference conference = new FilledConference(running, registrations);
        conference.fill(false);
        return conference;
    }

    String slug() {
        return slug;
    }

    int registrations() {
        return registrations;
    }

    /** The reference of a person in the conference, from number 3 on. */
    String reference(int number) {
        return ReferenceCodes.reference(prefix, slug.hashCode(), number);
    }

    /** The number that a statement selects; its only parameter is the conference. */
    long count(String sql) {
        return count(slug, sql);
    }

    /** The number that a statement selects for another conference. */
    long count(String conference, String sql) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, conference);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl("registration"), "postgres", inside.superuserPassword());
    }

    /**
     * Publishes events of all registrations within moments. The index of registration-service reads only the ids from them; services that
     * read more must not run.
     */
    void publishAll() {
        try (Connection connection = connect();
                PreparedStatement statement =
                        connection.prepareStatement("select id::text from registration where conference = ?");
                KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            statement.setString(1, slug);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ProducerRecord<String, byte[]> event =
                            new ProducerRecord<>(EVENTS, row.getString(1), new byte[] {'{', '}'});
                    Map.of(
                                    "ce_id",
                                    ApiClient.newKey(),
                                    "ce_type",
                                    "registration.confirmed.v1",
                                    "ce_source",
                                    "registration-service",
                                    "ce_time",
                                    "2026-02-02T17:00:00Z",
                                    "ce_sequence",
                                    "1")
                            .forEach(
                                    (name, value) -> event.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
                    producer.send(event);
                }
            }
            producer.flush();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fill(boolean indexed) {
        long begun = System.nanoTime();
        api.putOnSale(slug, SEATS, "\"holdMinutes\": 15", 0);
        Answer confirmed = register(TEMPLATE.body());
        Answer cancelled = register(TEMPLATE.body());
        api.send(
                        "POST",
                        "/api/registrations/" + cancelled.at("/id") + "/cancellation",
                        null,
                        Map.of(
                                "Authorization",
                                "Bearer " + cancelled.at("/accessToken"),
                                "Idempotency-Key",
                                ApiClient.newKey()))
                .has(200);
        register(new Person(REAL - 1, "Formula", "Formula", "Berlin").body().replace("Formula", FORMULA));
        String reference = confirmed.at("/reference");
        prefix = reference.substring(0, reference.indexOf('-'));
        await().atMost(SOON).until(() -> count("""
                select count(*) filter (where words @@ '''STATUS:CONFIRMED''') + 2 * count(*) filter (where words @@ '''STATUS:CANCELLED''')
                  from desk_registration where conference = ?""") == REAL + 1);
        Instant now = Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(TEMPORARY.formatted(slug));
            for (int first = REAL; first < registrations; first += AT_ONCE) {
                connection.setAutoCommit(false);
                copy(connection, first, Math.min(registrations, first + AT_ONCE), now);
                statement.execute(REGISTRATIONS.formatted(slug));
                if (indexed) {
                    statement.execute(INDEX.formatted(slug));
                }
                statement.execute(COUNTS.formatted(slug));
                connection.commit();
                connection.setAutoCommit(true);
            }
            statement.execute(
                    "vacuum (analyze) registration, desk_registration, desk_attendee, sale_minute, sale_count");
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
        assertThat(count("select count(*) from registration where conference = ?"))
                .isEqualTo(registrations);
        System.out.printf("filled: %,d registrations in %.0f s%n", registrations, (System.nanoTime() - begun) / 1e9);
    }

    private Answer register(String body) {
        return api.attempt(slug, body, ApiClient.newKey()).has(201);
    }

    private void copy(Connection connection, int first, int end, Instant now) throws SQLException, IOException {
        StringBuilder lines = new StringBuilder();
        for (int number = first; number < end; number++) {
            Person person = Person.of(number);
            Instant at = now.minus(SPAN.multipliedBy(registrations - number).dividedBy(registrations))
                    .truncatedTo(ChronoUnit.MILLIS);
            String reference = reference(number);
            lines.append(String.join(
                            "\t",
                            "" + number,
                            "" + id(at, number, 0),
                            "" + id(at, number, 1),
                            reference.substring(reference.length() - 6),
                            person.given(),
                            person.family(),
                            person.place(),
                            at.toString()))
                    .append('\n');
        }
        new CopyManager(connection.unwrap(BaseConnection.class))
                .copyIn("copy person from stdin", new StringReader(lines.toString()));
    }

    /** A UUID of version 7. */
    private static UUID id(Instant at, int number, int kind) {
        return new UUID(at.toEpochMilli() << 16 | 0x7000 | kind, 0x8000_0000_0000_0000L | number);
    }

    /** The words of an index with a person's own instead of those of the template. */
    private static String words(String column) {
        return personal("replace(%s, lower(t.code), lower(p.code))".formatted(column));
    }

    /** A text with a person's names in lower case and number instead of those of the template. */
    private static String personal(String text) {
        return "replace(replace(replace(replace(%s, 'qgivenq', lower(p.given)), 'qfamilyq', lower(p.family)), 'qplaceq', lower(p.place)), '%d', p.number::text)"
                .formatted(text, TEMPLATE.number());
    }
}
