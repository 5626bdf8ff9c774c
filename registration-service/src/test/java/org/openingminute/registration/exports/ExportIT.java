package org.openingminute.registration.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.Workbook;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;

/**
 * Proves the files of a conference: contents, access, and the end of a download when the client or the database fails. Uses the running
 * service with its database.
 */
@RegistrationServiceTest
class ExportIT {

    /** More than one page of the reader, and files larger than a connection's buffers. */
    private static final int MANY = 1_100;

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    @Qualifier("desk")
    private DataSource desk;

    private final List<String> large = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void formula_in_a_field_is_a_text_in_both_kinds_of_files() {
        String slug = service.putConference(10, 600);
        register(slug, "free", "=1+1", "\uff1d2+2", "ada@example.org");

        String csv = csv(slug, "attendees.csv");
        assertThat(csv.lines().skip(1))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(",valid,'=1+1,'\uff1d2+2,,ada@example.org,"));
        Document sheet = sheet(slug, "attendees.xlsx");
        assertThat(sheet.getElementsByTagName("f").getLength()).isZero();
        assertThat(Workbook.cells(sheet)).contains("'=1+1", "'\uff1d2+2");
        NodeList all = sheet.getElementsByTagName("c");
        for (int i = 0; i < all.getLength(); i++) {
            assertThat(((Element) all.item(i)).getAttribute("t")).isEqualTo("inlineStr");
        }
    }

    @Test
    void registrations_have_a_row_each_and_their_amounts_are_numbers() {
        String slug = service.putConference(10, 600);
        Reply unpaid = register(slug, "seat", "Ada", "Lovelace", "ada@example.org");
        Reply free = register(slug, "free", "Grace", "Hopper", "grace@example.org");

        HttpResponse<byte[]> answer = download(slug, "registrations.csv");

        assertThat(answer.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
        assertThat(answer.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"" + slug + "-registrations.csv\"");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("private, no-store");
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(text).startsWith("\ufeffid,reference,status,createdAt,").endsWith("\r\n");
        List<String> rows = text.lines().skip(1).toList();
        assertThat(rows).hasSize(count(slug));
        assertThat(rows.get(0))
                .startsWith(unpaid.text("id") + "," + unpaid.text("reference") + ",pending-payment,")
                .endsWith(",0,0,10000,USD,awaiting,0,0");
        assertThat(rows.get(1)).startsWith(free.text("id") + ",").contains(",confirmed,");
        Document sheet = sheet(slug, "registrations.xlsx");
        assertThat(Workbook.cells(sheet)).contains(unpaid.text("id"), free.text("id"), "10000");
        assertThat(sheet.getElementsByTagName("row").getLength()).isEqualTo(3);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                csv(slug, "registrations.csv?status=confirmed").lines())
                        .hasSize(2));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                csv(slug, "registrations.csv?q=lovelace").lines())
                        .hasSize(2));
        assertThat(csv(slug, "registrations.csv?q=" + free.text("reference")).lines())
                .hasSize(2);
        assertThat(csv(slug, "registrations.csv?q=nobody").lines()).hasSize(1);
        service.get(path(slug, "registrations.csv?status=lost"), staffToken("finance"))
                .expectProblem(422, "invalid");
    }

    @Test
    void add_ons_and_badges_have_what_is_served_and_printed() {
        String slug = withAddOns();
        Reply made = register(slug, "free", "Ada", "Lovelace", "ada@example.org");

        assertThat(csv(slug, "add-ons.csv").lines().skip(1))
                .containsExactly("banquet,\"The dinner, on Tuesday\",2," + made.text("reference") + ",confirmed,valid,"
                        + made.text("attendees.0.id") + ",Ada,Lovelace,ada@example.org,free");
        assertThat(csv(slug, "badges.csv").lines().skip(1))
                .containsExactly(made.text("attendees.0.id") + "," + made.text("reference")
                        + ",Ada Lovelace,Ada,Lovelace,,,free,Free");
        assertThat(Workbook.cells(sheet(slug, "badges.xlsx")))
                .startsWith("attendee", "reference", "badgeName")
                .endsWith(
                        made.text("attendees.0.id"),
                        made.text("reference"),
                        "Ada Lovelace",
                        "Ada",
                        "Lovelace",
                        "free",
                        "Free");
        service.post(
                        "/api/registrations/" + made.text("id") + "/cancellation",
                        made.text("accessToken"),
                        newKey(),
                        null)
                .expect(200);
        assertThat(csv(slug, "badges.csv").lines()).hasSize(1);
        assertThat(csv(slug, "add-ons.csv").lines().skip(1))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(",cancelled,ended,"));
    }

    @Test
    void diets_are_an_organisers_who_says_why() {
        String slug = service.putConference(10, 600);
        service.post(
                        "/api/conferences/" + slug + "/registrations",
                        null,
                        newKey(),
                        ServiceFixture.body("free")
                                .replace(
                                        "\"familyName\"",
                                        "\"dietary\": \"vegan\", \"accessibility\": \"ramp\", \"familyName\""))
                .expect(201);

        assertThat(csv(slug, "attendees.csv")).doesNotContain("vegan", "dietary");
        assertThat(csv(slug, "attendees.csv?needs=true&reason=for%20the%20caterer"))
                .contains(",dietary,accessibility\r\n")
                .contains(",vegan,ramp\r\n");
        for (String wrong : List.of("needs=true", "needs=true&reason=%20", "needs=true&reason=" + "x".repeat(201))) {
            assertThat(service.get(path(slug, "attendees.csv?" + wrong), staffToken("organiser"))
                            .expectProblem(422, "invalid")
                            .text("errors.0.field"))
                    .isEqualTo("reason");
        }
        service.get(path(slug, "attendees.xlsx?needs=yes"), staffToken("organiser"))
                .expectProblem(422, "invalid");
        service.get(path(slug, "attendees.csv?needs=true&reason=x"), staffToken("finance"))
                .expectProblem(403, "forbidden");

        JsonNode rows = service.get("/internal/audit?conference=" + slug, staffToken("organiser"))
                .expect(200)
                .body()
                .get("items");
        assertThat(rows.valueStream().map(row -> row.get("what").asString()))
                .containsExactly("exported diets and access needs", "exported attendees", "put a conference on");
        assertThat(rows.at("/0/why").asString()).isEqualTo("for the caterer");
        assertThat(rows.at("/0/person").asString()).isEqualTo("The person of organiser");
        assertThat(rows.at("/0/after").toString()).isEqualTo("{\"format\":\"csv\"}");
    }

    @Test
    void audit_says_what_was_chosen_and_of_no_file_that_was_not_sent() {
        String slug = service.putConference(10, 600);
        csv(slug, "registrations.csv?status=confirmed&q=ada&need=");
        service.get(path(slug, "registrations.csv?need=x"), staffToken("organiser"))
                .expectProblem(422, "invalid");
        service.send("HEAD", path(slug, "registrations.csv"), staffToken("organiser"), null, null)
                .expect(200);
        service.get("/api/admin/conferences/none/badges.csv", staffToken("organiser"))
                .expectProblem(404, "not-found");

        assertThat(service.get("/internal/audit?conference=" + slug, staffToken("organiser"))
                        .expect(200)
                        .body()
                        .get("items")
                        .valueStream()
                        .map(row -> row.get("what").asString() + " " + row.get("after")))
                .hasSize(2)
                .first()
                .isEqualTo("exported registrations {\"q\":\"ada\",\"format\":\"csv\",\"status\":\"confirmed\"}");
    }

    @Test
    void file_of_many_pages_is_whole_and_holds_no_connection_while_it_is_sent() throws Exception {
        String slug = large();
        String file = "attendees.csv?needs=true&reason=x";

        List<InputStream> slow = List.of(begin(slug, file), begin(slug, file));

        await().atMost(SOON).during(Duration.ofMillis(300)).until(this::connectionsInUse, inUse -> inUse == 0);
        CompletableFuture<HttpResponse<String>> page = http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port()
                                + path(
                                        slug,
                                        "registrations.csv?q=ada&from=2026-02-02T08:00:00Z&to=2026-02-03T08:00:00Z")))
                        .header("Authorization", "Bearer " + staffToken("finance"))
                        .header("Accept", "text/html,*/*;q=0.8")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Reply refused =
                service.get(path(slug, "badges.csv"), staffToken("organiser")).expectProblem(503, "unavailable");
        assertThat(refused.raw().headers().firstValue("Retry-After")).contains("10");
        assertThat(page.join().statusCode()).as(page.join().body()).isEqualTo(503);
        assertThat(page.join().headers().firstValue("Retry-After")).contains("10");
        assertThat(page.join().body())
                .contains("<h1>Exports</h1>", "Other files are being made", "value=\"ada\"")
                .containsPattern("id=\"from\"[^>]*value=\"2026-02-02\"")
                .containsPattern("id=\"to\"[^>]*value=\"2026-02-02\"");
        String whole = new String(slow.getFirst().readAllBytes(), StandardCharsets.UTF_8);
        slow.getLast().close();
        assertThat(whole.lines()).hasSize(1 + 10 * MANY);
        // The departed client's slot is released shortly.
        await().atMost(SOON)
                .until(() -> service.download(path(slug, "badges.csv"), staffToken("organiser"))
                                .statusCode()
                        == 200);
        assertThat(sheet(slug, "attendees.xlsx").getElementsByTagName("row").getLength())
                .isEqualTo(1 + 10 * MANY);
    }

    @Test
    void file_that_cannot_be_read_to_its_end_is_cut_off() {
        String slug = large();
        jdbc.sql("update registration set document = '{}' where conference = ? and number = ?")
                .param(slug)
                .param(MANY - 1)
                .update();

        for (String file : List.of("attendees.csv", "attendees.xlsx")) {
            assertThatThrownBy(() -> http.send(request(slug, file), HttpResponse.BodyHandlers.ofByteArray()))
                    .as(file)
                    .isInstanceOf(IOException.class);
        }
        jdbc.sql("delete from registration where conference = ? and number < ?")
                .param(slug)
                .param(MANY - 1)
                .update();
        service.get(path(slug, "attendees.csv"), staffToken("organiser")).expectProblem(503, "unavailable");
    }

    private Reply register(String slug, String category, String given, String family, String email) {
        String addOns = slug.startsWith("dinner") ? ", \"addOns\": [{\"code\": \"banquet\", \"quantity\": 2}]" : "";
        return service.post("/api/conferences/" + slug + "/registrations", null, newKey(), """
                {"contact": {"name": "%2$s %3$s", "email": "%4$s"},
                 "attendees": [{"category": "%1$s", "givenName": "%2$s", "familyName": "%3$s", "email": "%4$s"%5$s}],
                 "acceptedCodeOfConduct": true}""".formatted(
                                category, given, family, email, addOns))
                .expect(201);
    }

    private String withAddOns() {
        String slug = service.putConference(10, 600).replace("test", "dinner");
        service.put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Test Conference", "startsOn": "2026-05-18", "endsOn": "2026-05-22",
                 "timeZone": "America/Los_Angeles",
                 "registration": {"currency": "USD", "capacity": 10,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "free", "name": "Free", "amounts": {"all": 0}}],
                  "addOns": [{"code": "banquet", "name": "The dinner, on Tuesday", "amount": 0, "maxPerAttendee": 2}]}}
                """.formatted(slug))
                .expect(201);
        return slug;
    }

    /** Creates a conference with many registrations of ten attendees with all optional fields filled. */
    private String large() {
        String slug = service.putConference(10, 600);
        List<String> attendees = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            attendees.add("""
                    {"category": "free", "givenName": "Ada", "familyName": "%s", "email": "ada%d@example.org", "affiliation": "%1$s",
                     "dietary": "%3$s", "accessibility": "%3$s"}""".formatted("x".repeat(200), i, "y".repeat(500)));
        }
        Reply made = service.post(
                        "/api/conferences/" + slug + "/registrations",
                        null,
                        newKey(),
                        "{\"contact\": {\"name\": \"Ada\", \"email\": \"ada@example.org\"}, \"attendees\": [%s], \"acceptedCodeOfConduct\": true}"
                                .formatted(String.join(",", attendees)))
                .expect(201);
        jdbc.sql("update registration set number = 0 where id = ?::uuid")
                .param(made.text("id"))
                .update();
        jdbc.sql("""
                insert into registration (id, conference, number, began_as, created_at, revision, changed_at, status, document)
                select copy.id, conference, n, began_as, created_at, revision, changed_at, status,
                       (document::jsonb || jsonb_build_object('id', copy.id, 'attendees', (
                           select jsonb_agg(one || jsonb_build_object('id', md5(copy.id::text || (one ->> 'id'))::uuid))
                             from jsonb_array_elements(document::jsonb -> 'attendees') as one)))::json
                  from registration, generate_series(1, ?) as n, lateral (select md5(registration.id::text || n)::uuid as id) as copy
                 where registration.id = ?::uuid
                """).param(MANY - 1).param(made.text("id")).update();
        large.add(slug);
        return slug;
    }

    /** Otherwise other tests would wait for the desk's index of these registrations. */
    @AfterEach
    void removeLarge() {
        large.forEach(slug -> jdbc.sql("delete from registration where conference = ?")
                .param(slug)
                .update());
    }

    private int count(String slug) {
        return jdbc.sql("select count(*) from registration where conference = ?")
                .param(slug)
                .query(Integer.class)
                .single();
    }

    private int connectionsInUse() throws Exception {
        return desk.unwrap(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections();
    }

    private String csv(String slug, String file) {
        HttpResponse<byte[]> answer = download(slug, file);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private HttpResponse<byte[]> download(String slug, String file) {
        HttpResponse<byte[]> answer = service.download(path(slug, file), staffToken("organiser"));
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return answer;
    }

    private Document sheet(String slug, String file) {
        return Workbook.sheets(download(slug, file).body()).getFirst();
    }

    /** Starts a download without reading its body. */
    private InputStream begin(String slug, String file) throws Exception {
        HttpResponse<InputStream> answer = http.send(request(slug, file), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private HttpRequest request(String slug, String file) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path(slug, file)))
                .header("Authorization", "Bearer " + staffToken("organiser"))
                .build();
    }

    private static String path(String slug, String file) {
        return "/api/admin/conferences/" + slug + "/" + file;
    }
}
