package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.testing.Workbook;
import org.openingminute.payment.ServiceFixture.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.w3c.dom.Document;

/**
 * Proves the files of a conference's postings, downloaded from the running service. The registrations are made at 2026-02-02T17:00:00Z of
 * business time, which is already the next day in the conference's time zone.
 */
@PaymentServiceTest
class LedgerFilesIT {

    private static final String HEAD = "\ufeffat,day,registration,reference,act,debit,credit,amount,currency,about";
    private static final String DAY = "2026-02-03";

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    private String slug = "";

    @BeforeEach
    void conference() {
        slug = "money-" + RegistrationPlayed.newId();
        service.registration.conference(slug, "Pacific/Auckland");
        await().atMost(SOON).until(() -> get("ledger.csv", "finance").status() == 200);
    }

    @Test
    void money_of_a_day_is_the_ledgers() {
        UUID refunded = paid();
        UUID kept = paid();
        service.registration.keep(refunded);
        service.registration.refund(RegistrationPlayed.newId(), refunded, RegistrationPlayed.newId(), 30_000);
        await().atMost(SOON).until(() -> service.ledger(refunded).size() == 2);

        List<String> rows = rows("money.csv?day=" + DAY);

        assertThat(rows)
                .hasSize(3)
                .allSatisfy(row -> assertThat(row)
                        .startsWith("2026-02-02T17:0")
                        .contains("Z," + DAY + ",")
                        .contains(",ML26-7K3F9Q,")
                        .contains(",USD,"));
        assertThat(rows)
                .filteredOn(row -> row.contains(kept.toString()))
                .singleElement()
                .satisfies(row -> assertThat(row).contains(",capture,provider:sandbox,registrations,80000,USD,"));
        assertThat(rows.stream()
                        .map(row -> row.split(","))
                        .mapToLong(cells ->
                                cells[4].equals("refund") ? -Long.parseLong(cells[7]) : Long.parseLong(cells[7]))
                        .sum())
                .isEqualTo(jdbc.sql("""
                        select sum(case act when 'refund' then -amount else amount end) from ledger where registration_id in (?, ?)
                        """)
                        .param(refunded)
                        .param(kept)
                        .query(Long.class)
                        .single())
                .isEqualTo(130_000);
        assertThat(rows("money.csv?day=2026-02-02")).isEmpty();
        assertThat(rows("ledger.csv")).isEqualTo(rows);
        assertThat(rows("ledger.csv?from=2026-02-03&to=2026-02-03")).isEqualTo(rows);
        assertThat(rows("ledger.csv?from=2026-02-02T17:00:00Z&to=2026-02-02T18:00:00Z"))
                .isEqualTo(rows);
        assertThat(rows("ledger.csv?to=2026-02-02T17:00:00Z")).isEmpty();
    }

    @Test
    void desk_sale_is_money_of_its_business_day() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(
                RegistrationPlayed.newId(),
                "payment.request.v1",
                id.toString(),
                RegistrationPlayed.request(id)
                        .seconds(0)
                        .inReview()
                        .body()
                        .replace("mlsys-2026", slug)
                        .replace("\"card\"", "\"desk\"")
                        .replace(
                                "\"holdExpiresAt\": \"2026-02-02T17:00:00Z\"",
                                "\"holdExpiresAt\": null, \"businessTime\": \"2026-02-02T17:00:00Z\""),
                Instant.now());
        service.registration.markPaid(RegistrationPlayed.newId(), id, 80_000);
        service.awaitPublished(id, "payment.captured.v1");

        List<String> rows = rows("money.csv?day=" + DAY);

        assertThat(rows)
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row).startsWith("2026-02-02T17:0").contains(id.toString()));
        assertThat(rows("ledger.csv")).isEqualTo(rows);
    }

    @Test
    void workbooks_have_the_postings_with_their_amounts_as_numbers() throws Exception {
        UUID id = paid();

        HttpResponse<byte[]> money = workbook("money.xlsx?day=" + DAY);

        assertThat(money.headers().firstValue("Content-Type"))
                .contains("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        assertThat(money.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"" + slug + "-money-" + DAY + ".xlsx\"");
        Document sheet = Workbook.sheets(money.body()).getFirst();
        assertThat(Workbook.cells(sheet))
                .startsWith("at", "day", "registration")
                .containsSequence(
                        DAY, id.toString(), "ML26-7K3F9Q", "capture", "provider:sandbox", "registrations", "80000");
        assertThat(sheet.getElementsByTagName("v").item(0).getTextContent()).isEqualTo("80000");
        assertThat(Workbook.cells(
                        Workbook.sheets(workbook("ledger.xlsx?from=" + DAY).body())
                                .getFirst()))
                .isEqualTo(Workbook.cells(sheet));
        assertThat(Workbook.cells(
                        Workbook.sheets(workbook("ledger.xlsx?to=2026-02-02").body())
                                .getFirst()))
                .hasSize(10);
    }

    @Test
    void posting_without_business_time_uses_the_machine_clock() {
        UUID id = paid();
        transaction.executeWithoutResult(_ -> {
            // Disables the trigger that forbids changes to the ledger.
            jdbc.sql("set local session_replication_role = replica").update();
            jdbc.sql("update ledger set at = null where registration_id = ?")
                    .param(id)
                    .update();
        });

        Instant posted = jdbc.sql("select posted_at from ledger where registration_id = ?")
                .param(id)
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
        assertThat(rows("ledger.csv"))
                .singleElement()
                .satisfies(row -> assertThat(row).startsWith(posted + ","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "money.csv",
                "money.csv?day=",
                "money.csv?day=monday",
                "money.csv?day=2026-02-30",
                "money.csv?day=10000-01-01",
                "money.csv?day=9999-12-31",
                "money.csv?day=0001-01-01",
                "money.xlsx?day=monday",
                "ledger.csv?from=0001-01-01T00:00:00%2B01:00",
                "ledger.csv?to=0000-06-01T00:00:00Z",
                "ledger.csv?from=2026",
                "ledger.csv?from=2026-02-02T17:00",
                "ledger.csv?to=x"
            })
    void invalid_day_is_refused(String file) {
        Answer refused = get(file, "organiser");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("invalid");
    }

    @Test
    void browser_is_told_as_staff_why_it_gets_no_file() {
        Answer signedOut = browser("money.csv?day=" + DAY, null, "en");
        assertThat(signedOut.status()).isEqualTo(401);
        assertThat(signedOut.text())
                .contains("<h1>Please sign in again</h1>", "href=\"/sign-in?to=/desk/" + slug + "/money\"")
                .doesNotContain("Please open the link from your email", "??");
        Answer denied = browser("ledger.csv", "check-in", "de");
        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.text()).contains("Ihre Rolle ist nicht für diese Seite.", "href=\"/desk\"");
        Answer wrong = browser("money.csv?day=monday", "finance", "de");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("href=\"/desk/" + slug + "/money\"", "Zum Geld der Konferenz");
    }

    private Answer browser(String file, @Nullable String role, String language) {
        HttpRequest.Builder request = service.to("/api/admin/conferences/" + slug + "/" + file)
                .header("Accept", "text/html,*/*;q=0.8")
                .header("Accept-Language", language);
        if (role != null) {
            request.header("Authorization", "Bearer " + service.staff(role));
        }
        return service.send(request);
    }

    @Test
    void files_are_in_the_audit_and_no_role_reads_more_than_it_needs() {
        Answer answer = get("money.csv?day=" + DAY, "finance");
        assertThat(answer.whole().headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
        assertThat(answer.whole().headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"" + slug + "-money-" + DAY + ".csv\"");
        assertThat(answer.whole().headers().firstValue("Cache-Control")).contains("private, no-store");
        assertThat(get("money.csv?day=" + DAY, "organiser:elsewhere-2026").status())
                .isEqualTo(403);
        assertThat(service.send(service.to("/api/admin/conferences/nothing/money.csv?day=" + DAY)
                                .header("Authorization", "Bearer " + service.staff("organiser")))
                        .code())
                .isEqualTo("not-found");

        assertThat(service.send(service.to("/internal/audit?what=exported%20a%20day's%20money&conference=" + slug)
                                .header("Authorization", "Bearer " + service.staff("organiser")))
                        .json()
                        .path("items")
                        .valueStream()
                        .map(row -> row.path("who").asString() + " " + row.path("after")))
                .containsExactly("finance {\"day\":\"" + DAY + "\",\"format\":\"csv\"}");
    }

    /** Creates a registration of the conference that was paid by card; returns its id. */
    private UUID paid() {
        UUID id = RegistrationPlayed.newId();
        service.registration.send(
                RegistrationPlayed.newId(),
                "payment.request.v1",
                id.toString(),
                RegistrationPlayed.request(id).body().replace("mlsys-2026", slug),
                Instant.now());
        assertThat(service.card(service.checkoutUrl(id), "4242424242424242").status())
                .isEqualTo(200);
        service.awaitPublished(id, "payment.captured.v1");
        return id;
    }

    private HttpResponse<byte[]> workbook(String file) throws IOException, InterruptedException {
        HttpRequest request = service.to("/api/admin/conferences/" + slug + "/" + file)
                .header("Authorization", "Bearer " + service.staff("finance"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer;
        }
    }

    private List<String> rows(String file) {
        Answer answer = get(file, "finance");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        List<String> lines = answer.text().lines().toList();
        assertThat(lines.getFirst()).isEqualTo(HEAD);
        return lines.subList(1, lines.size());
    }

    private Answer get(String file, String role) {
        HttpRequest.Builder request = service.to("/api/admin/conferences/" + slug + "/" + file)
                .header("Authorization", "Bearer " + service.staff(role));
        return service.send(request);
    }
}
