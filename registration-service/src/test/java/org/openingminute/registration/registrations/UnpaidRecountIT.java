package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves that the recount of {@code docs/operate.md} equals the batches' counts of unpaid seats, on the running service with its database.
 */
@RegistrationServiceTest
@TestPropertySource(properties = "LIMITS=on")
class UnpaidRecountIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void a_recount_repairs_the_counts() throws IOException {
        String slug = conference();
        register(slug, 2, "seat", "card");
        register(slug, 1, "seat", "invoice");
        register(slug, 1, "student", "invoice");
        Reply free = register(slug, 3, "guest", "invoice");
        open(slug, register(slug, 1, "seat", "card"));
        open(slug, register(slug, 1, "seat", "invoice"));
        open(slug, register(slug, 1, "guest", "card"));
        Reply paid = register(slug, 1, "seat", "card");
        service.pay(paid, 10_000, 2);
        service.awaitStatus(paid, "confirmed");
        List<Map<String, Object>> counted = counted(slug);
        assertThat(counted).hasSizeGreaterThanOrEqualTo(13);

        jdbc.sql("update unpaid set seats = seats + 5 where conference = ? and ends_at < '9999-01-01'")
                .param(slug)
                .update();
        jdbc.sql("delete from unpaid where conference = ? and ends_at > '9999-01-01'")
                .param(slug)
                .update();
        jdbc.sql("insert into unpaid values (?, gen_random_uuid(), '2026-01-01', 4)")
                .param(slug)
                .update();
        recount();
        assertThat(counted(slug)).isEqualTo(counted);

        writeAsBefore(free);
        recount();
        assertThat(counted(slug))
                .isNotEmpty()
                .isSubsetOf(counted)
                .noneMatch(part -> part.get("ends_at").toString().startsWith("9999"));
    }

    /** A version before this one drops fields that it does not know. */
    private void writeAsBefore(Reply made) {
        jdbc.sql("update registration set document = (document::jsonb - 'countedBy')::json where id = ?")
                .param(UUID.fromString(made.text("id")))
                .update();
    }

    private void recount() throws IOException {
        List<String> commands = Pattern.compile("-c (['\"])((?:(?!\\1).)+)\\1", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/operate.md")))
                .results()
                .map(command -> command.group(2))
                .toList();
        int delete = commands.indexOf("delete from unpaid");
        transaction.executeWithoutResult(_ -> commands.subList(delete - 1, delete + 2)
                .forEach(command -> jdbc.sql(command).update()));
    }

    private List<Map<String, Object>> counted(String slug) {
        return jdbc.sql("select subject, ends_at, seats from unpaid where conference = ? order by subject, ends_at")
                .param(slug)
                .query()
                .listOfRows();
    }

    private void open(String slug, Reply made) {
        UUID id = UUID.fromString(made.text("id"));
        service.get(
                        "/api/registrations/" + id,
                        AccessTokens.of(RegistrationServiceTest.TOKEN_KEYS)
                                .sign(AccessToken.ofContact(id, 0).toBeDelivered()))
                .expect(200);
        await().atMost(SOON)
                .until(() ->
                        jdbc.sql("""
                                select document ->> 'linkOpenedAt' is not null from registration
                                 where conference = ? and id = ?
                                """).param(slug).param(id).query(Boolean.class).single());
    }

    private Reply register(String slug, int seats, String category, String method) {
        String attendees = String.join(",", Collections.nCopies(seats, """
                {"category": "%s", "givenName": "Ada", "familyName": "Lovelace", "email": "ada@example.org"}""".formatted(category)));
        return service.send(
                        "POST",
                        "/api/conferences/" + slug + "/registrations",
                        null,
                        newKey(),
                        """
                        {"contact": {"name": "Ada Lovelace", "email": "%s@example.org"}, "attendees": [%s],
                         "paymentMethod": "%s", "acceptedCodeOfConduct": true}
                        """.formatted(UUID.randomUUID(), attendees, method),
                        "X-Forwarded-For",
                        "192.0.2.1")
                .expect(201);
    }

    private String conference() {
        String slug = "recounted-" + UUID.randomUUID().toString().substring(0, 8);
        service.put("/api/admin/conferences/" + slug, staffToken("organiser"), """
                {"slug": "%s", "name": "Recounted", "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "UTC",
                 "registration": {"currency": "USD", "capacity": 100, "holdSeconds": 600, "invoiceDays": 14,
                  "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-22T00:00:00Z"}],
                  "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}},
                                 {"code": "guest", "name": "Guest", "amounts": {"all": 0}},
                                 {"code": "student", "name": "Student", "amounts": {"all": 10000}, "needsProof": true}]}}
                """.formatted(slug))
                .expect(201);
        return slug;
    }
}
