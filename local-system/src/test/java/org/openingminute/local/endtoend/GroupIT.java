package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on the running system, that a group of two pays once, gets one receipt, and is refunded the amount that was quoted. */
@ExtendWith(SystemFixture.class)
@Timeout(120)
class GroupIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int EACH = 10_000;
    private static final int QUOTED = 9_300;

    private final ApiClient api;
    private final SystemInside inside;
    private final MoneyRecords records;

    GroupIT(Running running) {
        api = running.api();
        inside = new SystemInside(running.system().settings());
        records = new MoneyRecords(api, inside);
    }

    @Test
    void a_group_pays_once_and_gets_one_receipt_and_the_quoted_refund() throws Exception {
        String slug = ApiClient.newSlug("group");
        api.putOnSale(slug, 2, """
                "holdMinutes": 15,
                "cancellationPolicy": [{"until": "2027-05-17T23:59:59Z", "refundPercent": 50, "keeps": 700}]""", EACH);
        String contact = ApiClient.newAddress("group");
        Answer made = api.attempt(slug, bodyOfTwo(contact), ApiClient.newKey()).has(201);
        Registered group = new Registered(made.at("/id"), made.at("/accessToken"), made);
        assertThat(made.json().at("/total/amount").asLong()).isEqualTo(2 * EACH);

        api.pay(group);
        api.awaitStatus(group, "confirmed", SOON);
        await().atMost(SOON).untilAsserted(() -> assertThat(documents(group)).containsExactly("receipt " + 2 * EACH));
        await().atMost(SOON)
                .untilAsserted(() ->
                        api.registration(group).assertThatText("/links/receipt").isNotEmpty());
        api.get(api.registration(group).at("/links/receipt"), group.bearer()).has(200);
        for (int attendee : List.of(0, 1)) {
            String ticket = "/api/registrations/" + group.id() + "/attendees/"
                    + made.at("/attendees/" + attendee + "/id") + "/ticket.pdf";
            await().atMost(SOON).until(() -> api.get(ticket, group.bearer()).status() == 200);
        }
        assertThat(records.ofTheSandbox().get(group.id())).isEqualTo(new Moved(1, 2 * EACH, 0, 0));

        String cancellation = "/api/registrations/" + group.id() + "/cancellation";
        Answer quote = api.get(cancellation, group.bearer()).has(200);
        assertThat(quote.json().at("/refund/amount").asLong()).isEqualTo(QUOTED);
        Map<String, String> headers = new HashMap<>(group.bearer());
        headers.put("Idempotency-Key", ApiClient.newKey());
        api.post(cancellation, "{\"refund\": " + quote.json().at("/refund") + "}", headers)
                .has(200);

        Moved refunded = new Moved(1, 2 * EACH, QUOTED, 0);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(records.ofTheSandbox().get(group.id()))
                        .isEqualTo(refunded)
                        .isEqualTo(records.ofTheLedger().get(group.id())));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(api.registration(group)
                                .json()
                                .at("/payment/refunded/amount")
                                .asLong())
                        .isEqualTo(QUOTED));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(documents(group)).containsExactly("receipt " + 2 * EACH, "credit-note " + QUOTED));
    }

    private static String bodyOfTwo(String contact) {
        return """
                {"contact": {"name": "Ada Lovelace", "email": "%s"},
                 "attendees": [{"category": "guest", "givenName": "Ada", "familyName": "Lovelace", "email": "%s"},
                               {"category": "guest", "givenName": "Grace", "familyName": "Hopper", "email": "%s"}],
                 "acceptedCodeOfConduct": true}
                """.formatted(contact, contact, ApiClient.newAddress("grace"));
    }

    /** The documents that payment-service has issued, in order. */
    private List<String> documents(Registered registered) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        inside.databaseUrl("payment"), "postgres", inside.superuserPassword());
                PreparedStatement query = connection.prepareStatement("""
                        select kind || ' ' || amount from issued_document where registration_id = ? order by issued_at
                        """)) {
            query.setObject(1, UUID.fromString(registered.id()));
            try (ResultSet rows = query.executeQuery()) {
                List<String> documents = new ArrayList<>();
                while (rows.next()) {
                    documents.add(rows.getString(1));
                }
                return documents;
            }
        }
    }
}
