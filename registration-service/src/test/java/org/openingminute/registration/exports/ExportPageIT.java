package org.openingminute.registration.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Proves the page of files: what each role is offered, where links lead, and which input is kept after an error. Uses the running service.
 */
@RegistrationServiceTest
class ExportPageIT {

    @Autowired
    private ServiceFixture service;

    private final HttpClient http = HttpClient.newHttpClient();
    private String slug = "";

    @BeforeEach
    void conference() {
        slug = service.putConference(10, 600);
    }

    @Test
    void page_offers_what_the_role_may_take() throws Exception {
        HttpResponse<String> organisers = get("", "organiser");
        assertThat(organisers.statusCode()).isEqualTo(200);
        assertThat(organisers.body())
                .contains("value=\"registrations.csv\"", "value=\"registrations.xlsx\"", "value=\"attendees.xlsx\"")
                .contains("value=\"needs.csv\"", "value=\"badges.csv\"", "value=\"money.csv\"", "value=\"ledger.csv\"")
                .contains("value=\"badges.xlsx\"", "value=\"money.xlsx\"", "value=\"ledger.xlsx\"")
                .contains("<option value=\"seat\">Seat</option>", "<option value=\"pending-payment\">Awaiting payment")
                .contains("href=\"/desk/" + slug + "/exports\" aria-current=\"page\"");
        HttpResponse<String> finances = get("", "finance");
        assertThat(finances.body())
                .contains("value=\"registrations.csv\"", "value=\"money.csv\"", "value=\"ledger.xlsx\"")
                .doesNotContain("attendees", "needs.csv", "badges");
        assertThat(get("", "organiser", "Accept-Language", "de").body()).contains("Ernährung und Barrierefreiheit");
        assertThat(get("", "organiser", "HX-Request", "true").body().strip()).startsWith("<h1>Exports</h1>");
        assertThat(get("?status=confirmed&q=ada", "organiser").body())
                .contains("<option value=\"confirmed\" selected=\"selected\">", "value=\"ada\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ?file=registrations.csv&status=&q=ada%20%26%20co&from=2026-02-02&to=2026-02-02 \
            | registrations.csv?q=ada%20%26%20co&from=2026-02-02T08%3A00%3A00Z&to=2026-02-03T08%3A00%3A00Z
            ?file=registrations.xlsx&category=seat,free | registrations.xlsx?category=seat%2Cfree
            ?file=attendees.csv                         | attendees.csv
            ?file=needs.xlsx&reason=the%20caterer       | attendees.xlsx?needs=true&reason=the%20caterer
            ?file=badges.csv                            | badges.csv
            ?file=badges.xlsx                           | badges.xlsx
            ?file=money.csv&day=2026-05-18              | money.csv?day=2026-05-18
            ?file=money.xlsx&day=2026-05-18             | money.xlsx?day=2026-05-18
            ?file=ledger.csv&ledgerFrom=2026-05-18      | ledger.csv?from=2026-05-18
            ?file=ledger.xlsx&ledgerTo=2026-05-18       | ledger.xlsx?to=2026-05-18
            """)
    void button_leads_to_its_file(String query, String file) throws Exception {
        HttpResponse<String> answer = get(query, "organiser");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).contains("/api/admin/conferences/" + slug + "/" + file);
    }

    @ParameterizedTest
    @CsvSource({
        "?file=needs.csv&reason=%20, reason, Please fill this in",
        "?file=money.csv, day, Please fill this in",
        "?file=money.csv&day=monday, day, This is not a date",
        "?file=ledger.csv&ledgerTo=2026-13-01, ledgerTo, This is not a date",
        "?file=registrations.csv&q=ada&from=yesterday, from, This is not a date",
        "?file=registrations.csv&q=ada&status=lost, status, Please choose one from the list"
    })
    void what_cannot_be_chosen_is_named_and_the_rest_stays(String query, String field, String problem)
            throws Exception {
        HttpResponse<String> answer = get(query, "organiser");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body())
                .contains("<a href=\"#" + field + "\">", problem, "id=\"" + field + "\"", "id=\"" + field + "-error\"");
        if (query.contains("q=ada")) {
            assertThat(answer.body()).contains("value=\"ada\"");
        }
        assertThat(answer.body()).doesNotContain("value=\"<");
    }

    @Test
    void page_and_files_of_organisers_are_denied_to_others() throws Exception {
        for (String file :
                List.of("attendees.csv", "needs.csv&reason=x", "add-ons.xlsx", "badges.csv", "badges.xlsx")) {
            assertThat(get("?file=" + file, "finance").statusCode()).as(file).isEqualTo(403);
        }
        assertThat(get("", "check-in").statusCode()).isEqualTo(403);
        assertThat(get("?file=passwords.csv", "organiser").statusCode()).isEqualTo(404);
        assertThat(get("?file=registrations.csv&q=%3Cscript%3E&from=x", "organiser")
                        .body())
                .doesNotContain("<script>")
                .contains("value=\"&lt;script&gt;\"");
    }

    private HttpResponse<String> get(String query, String role, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.port() + "/desk/" + slug + "/exports" + query))
                .header("Accept", "text/html")
                .header("Authorization", "Bearer " + staffToken(role));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
