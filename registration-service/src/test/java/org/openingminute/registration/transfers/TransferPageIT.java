package org.openingminute.registration.transfers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.ServiceFixture.Written;
import org.openingminute.registration.pages.Browser;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves bank transfers on staff's pages, as a browser without scripts uses them on the running service. */
@RegistrationServiceTest
class TransferPageIT {

    private static final Pattern MARK = Pattern.compile("name=\"mark\"[^>]* value=\"([^\"]+)\"");

    private static final Pattern TEXTAREA =
            Pattern.compile("<textarea hidden[^>]* name=\"([^\"]+)\"[^>]*>([^<]*)</textarea>");
    private static final Pattern SELECT =
            Pattern.compile("<select[^>]* name=\"([^\"]+)\".*?>(.*?)</select>", Pattern.DOTALL);
    private static final Pattern SELECTED = Pattern.compile("<option value=\"([^\"]*)\" selected");

    @Autowired
    private ServiceFixture service;

    private Browser browser;
    private String slug = "";
    private String page = "";

    @BeforeEach
    void openBrowser() {
        slug = service.putConference(100, 600);
        page = "/desk/" + slug + "/transfers";
        browser = new Browser(service.port());
        browser.become("staff", staffToken("finance"));
    }

    @Test
    void pasted_transfer_is_marked_once_however_often_it_is_sent() {
        Reply made = service.register(slug, "seat").expect(201);
        String line = "2026-02-01 Ada Lovelace " + made.text("reference").replace('-', ' ') + " 100.00";
        assertThat(browser.get(page).body()).contains("<h1>Bank transfers</h1>", "aria-current=\"page\"");

        HttpResponse<String> found = browser.post(page, Map.of("lines", line));
        assertThat(found.statusCode()).as(found.body()).isEqualTo(200);
        assertThat(found.body()).contains("Exact", "Ada Lovelace, " + made.text("reference") + ", due: USD 100.00");
        String mark = mark(found.body());

        for (int i = 0; i < 2; i++) {
            HttpResponse<String> marked = browser.post(page + "/marks", Map.of("mark", mark));
            assertThat(marked.statusCode()).as(marked.body()).isEqualTo(200);
            assertThat(marked.body()).contains("Marked as paid: 1.", made.text("reference"));
        }
        assertThat(browser.post(page, Map.of("lines", line)).body())
                .contains("Marked already")
                .doesNotContain("name=\"mark\"");
        service.awaitWritten("payment.commands.v1", made.text("id"), "payment.mark-paid.v1");
        List<Written> commands = service.written("payment.commands.v1", made.text("id"), "payment.mark-paid.v1");
        assertThat(commands).hasSize(1);
        assertThat(commands.getFirst().body().at("/amount/amount").asLong()).isEqualTo(10_000);
        assertThat(commands.getFirst().body().toString()).contains("2026-02-01T08:00:00Z");
    }

    @Test
    void file_is_matched_line_by_line_once_its_columns_are_chosen() {
        Reply ada = service.register(slug, "seat").expect(201);
        Reply grace = service.register(slug, "seat").expect(201);
        String csv = """
                Day;Text;Sum
                01.02.2026;%1$s;100,00
                01.02.2026;%2$s;90,00
                02.02.2026;rent;-700,00
                01.02.2026;%1$s;100,00
                """.formatted(ada.text("reference"), grace.text("reference"));

        HttpResponse<String> columns = upload(csv);
        assertThat(columns.statusCode()).as(columns.body()).isEqualTo(200);
        assertThat(columns.body())
                .contains("What the columns mean", "<option value=\"2\" selected=\"selected\">3: Sum</option>")
                .contains("<td>01.02.2026</td>", "action=\"" + page + "/columns\"");
        Map<String, String> chosen = new HashMap<>(Map.of("csv", csv, "amount", "", "day", "0"));
        assertThat(browser.post(page + "/columns", chosen).statusCode()).isEqualTo(422);
        chosen.putAll(Map.of("amount", "2", "purpose", "1"));
        HttpResponse<String> found = browser.post(page + "/columns", chosen);
        assertThat(found.body())
                .contains("Line 1", "Exact", "Less than is due", "Twice", "The same as line 1.")
                .contains("One line without incoming money is left out.");
        assertThat(header(found, "Set-Cookie")).contains("bank-columns=", "HttpOnly");
        assertThat(MARK.matcher(found.body()).results()).hasSize(2);

        assertThat(upload(csv).body()).as("remembered").contains("Less than is due", "Twice");
        HttpResponse<String> part = browser.post(
                page + "/marks",
                Map.of(
                        "mark",
                        MARK.matcher(found.body()).results().toList().get(1).group(1)));
        assertThat(part.body())
                .contains("Not marked: 1.", "It is less than the price, which has to be paid in one sum here.")
                .doesNotContain("Marked as paid");
        browser.post(page + "/marks", Map.of("mark", mark(found.body())));
        assertThat(upload(csv).body()).contains("Marked already").doesNotContain("Exact");
    }

    @Test
    void amount_of_a_file_in_another_currency_is_not_compared() {
        String reference = service.register(slug, "seat").expect(201).text("reference");
        String line = "01.02.2026;Ada;" + reference + ";100,00;";
        for (String csv : List.of(
                "Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung\n" + line + "EUR\n",
                "Buchungstag;Auftraggeber;Verwendungszweck;Betrag (EUR);Stand\n" + line + "ok\n")) {
            Map<String, String> chosen = new HashMap<>(selected(upload(csv).body()));
            chosen.put("csv", csv);

            assertThat(browser.post(page + "/columns", chosen).body())
                    .contains("EUR 100.00", "in another currency, so it cannot be compared", reference)
                    .doesNotContain("Exact", "name=\"mark\"");
        }
    }

    @Test
    void line_says_which_day_counts_as_its_arrival() {
        String reference = service.register(slug, "seat").expect(201).text("reference");

        assertThat(browser.post(page, Map.of("lines", reference + " 100.00")).body())
                .contains("no day in this line, so it counts as arrived now", "name=\"mark\"");
        assertThat(browser.post(page, Map.of("lines", "2026-02-01 " + reference + " 100.00"))
                        .body())
                .contains(">February 1, 2026</span>");
        LocalDate future =
                LocalDate.ofInstant(service.businessTime(), ZoneOffset.UTC).plusYears(1);
        assertThat(browser.post(page, Map.of("lines", future + " " + reference + " 100.00"))
                        .body())
                .contains(future.getYear() + ", which is in the future, so it counts as arrived now", "name=\"mark\"");
    }

    @Test
    void match_by_name_alone_is_called_so() {
        service.register(slug, "seat").expect(201);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(browser.post(page, Map.of("lines", "Ada Lovelace 100.00"))
                                .body())
                        .contains("Name and amount", "No reference stands in this line.", "name=\"mark\"")
                        .doesNotContain("Exact"));
    }

    @Test
    void lines_are_shown_again_if_none_is_ticked() {
        String reference = service.register(slug, "seat").expect(201).text("reference");
        String csv = "Day;Text;Sum\n01.02.2026;%s;100,00\n".formatted(reference);
        for (HttpResponse<String> found : List.of(
                browser.post(page, Map.of("lines", "2026-02-01 " + reference + " 100.00")),
                browser.post(page + "/columns", Map.of("csv", csv, "day", "0", "purpose", "1", "amount", "2")))) {
            HttpResponse<String> again = browser.post(page + "/marks", textareas(found.body()));

            assertThat(again.statusCode()).isEqualTo(422);
            assertThat(again.body())
                    .contains("href=\"#line-1\"", "Nothing was ticked, so nothing was marked. Tick at least one line")
                    .contains("Exact", reference);
            assertThat(marks(again.body())).isEqualTo(marks(found.body())).hasSize(1);
            assertThat(textareas(again.body())).isEqualTo(textareas(found.body()));
        }
    }

    private static Map<String, String> textareas(String page) {
        Map<String, String> fields = new HashMap<>();
        TEXTAREA.matcher(page).results().forEach(area -> fields.put(area.group(1), area.group(2)));
        return fields;
    }

    /** Returns what the selects of a page have chosen. */
    private static Map<String, String> selected(String page) {
        Map<String, String> selected = new HashMap<>();
        SELECT.matcher(page).results().forEach(select -> {
            Matcher option = SELECTED.matcher(select.group(2));
            selected.put(select.group(1), option.find() ? option.group(1) : "");
        });
        return selected;
    }

    @Test
    void transfer_that_is_ticked_for_several_registrations_is_marked_for_none() {
        List<Reply> made = Stream.generate(() -> service.register(slug, "seat").expect(201))
                .limit(3)
                .toList();
        List<String> references =
                made.stream().map(one -> one.text("reference")).toList();
        String lines = "Uni %s %s 200.00%n%s 100.00".formatted(references.toArray());
        HttpResponse<String> found = browser.post(page, Map.of("lines", lines));
        assertThat(found.body()).contains("If it pays for several of these, tick none");
        List<String> boxes = marks(found.body());
        assertThat(boxes).hasSize(3);

        HttpResponse<String> refused = browser.post(page + "/marks", "mark", boxes);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("href=\"#mark-1-1\"", "Transfer 1 is ticked for several registrations, so nothing was marked")
                .contains("Ticked transfer 1", "Ticked for several", "Ticked transfer 2", "USD 200.00")
                .doesNotContain("Transfer 2 is ticked");
        assertThat(marks(refused.body())).isEqualTo(boxes);
        assertThat(refused.body().split("checked=\"checked\"", -1)).hasSize(4);
        assertThat(made)
                .allSatisfy(one -> assertThat(
                                service.written("payment.commands.v1", one.text("id"), "payment.mark-paid.v1"))
                        .isEmpty());

        assertThat(browser.post(page + "/marks", "mark", boxes.subList(1, 3)).body())
                .contains("Marked as paid: 2.", references.get(1), references.get(2))
                .doesNotContain(references.getFirst());
        assertThat(browser.post(page + "/marks", Map.of("mark", boxes.getFirst()))
                        .body())
                .as("from the earlier page")
                .contains("Not marked: 1.", "for another registration", references.getFirst());
    }

    private static List<String> marks(String page) {
        return MARK.matcher(page).results().map(found -> found.group(1)).toList();
    }

    private HttpResponse<String> upload(String csv) {
        return browser.postFile(page + "/file", "bank.csv", csv.getBytes(StandardCharsets.UTF_8));
    }

    private static String mark(String page) {
        Matcher matcher = MARK.matcher(page);
        assertThat(matcher.find()).as(page).isTrue();
        return matcher.group(1);
    }

    @Test
    void what_cannot_be_read_is_said_above_what_was_typed() {
        HttpResponse<String> long1 = browser.post(page, Map.of("lines", "<script>" + "x".repeat(600)));
        assertThat(long1.statusCode()).isEqualTo(422);
        assertThat(long1.body())
                .contains("A line has more than 500 characters.", "&lt;script&gt;xx", "href=\"#lines\"");
        assertThat(browser.post(page, Map.of("lines", " ")).body()).contains("Paste one line at least.");
        assertThat(upload("a;b\n" + "1;2\n".repeat(100_000)).body())
                .contains("At most 500 lines fit at once, and these are 100,001.");
        assertThat(upload("PK\u0003\u0004\u0000").body()).contains("This is no CSV file that can be read.");
        for (String form : List.of("/file", "/columns")) {
            assertThat(browser.post(page + form, Map.of()).body()).contains("No file arrived, or it is empty.");
            assertThat(header(browser.get(page + form), "Location"))
                    .as("the way back")
                    .isEqualTo(page);
        }
        for (String mark : List.of("", "x", "eyJ4IjoxfQ")) {
            HttpResponse<String> none = browser.post(page + "/marks", Map.of("mark", mark));
            assertThat(none.statusCode()).isEqualTo(422);
            assertThat(none.body()).contains("Nothing was ticked, so nothing was marked.");
        }
        assertThat(browser.post(page, Map.of("lines", "rent 12.00"), "de").body())
                .contains("Unbekannt", "Überweisungen");
    }

    @Test
    void another_conferences_registration_is_marked_by_nobody_here() {
        Reply elsewhere = service.register(slug, "seat").expect(201);
        String mark = mark(browser.post(page, Map.of("lines", elsewhere.text("reference") + " 100.00"))
                .body());
        String here = "/desk/" + service.putConference(10, 600) + "/transfers/marks";

        assertThat(browser.post(here, Map.of("mark", mark)).body()).contains("Not marked: 1.");
        assertThat(service.written("payment.commands.v1", elsewhere.text("id"), "payment.mark-paid.v1"))
                .isEmpty();
    }

    @Test
    void chosen_columns_are_kept_after_the_session_expired() {
        String csv = "Day;Text;Sum\n01.02.2026;Ada;100,00\n";
        HttpResponse<String> kept =
                new Browser(service.port()).post(page + "/columns", Map.of("csv", csv, "amount", "2", "purpose", "1"));

        assertThat(kept.statusCode()).isEqualTo(401);
        assertThat(kept.body()).contains("Please sign in again", "action=\"" + page + "/columns\"");
        assertThat(browser.post(page + "/columns", Browser.hiddenFields(kept.body()))
                        .body())
                .contains("Line 1", "Ada", "USD 100.00");
    }

    @Test
    void pages_are_for_organisers_and_finance_alone() {
        Browser stranger = new Browser(service.port());
        assertThat(header(stranger.get(page), "Location")).isEqualTo("/sign-in?to=%2Fdesk%2F" + slug + "%2Ftransfers");
        stranger.become("staff", staffToken("check-in"));
        assertThat(stranger.get(page).statusCode()).isEqualTo(403);
        assertThat(stranger.post(page + "/marks", Map.of("mark", "x")).statusCode())
                .isEqualTo(403);
        assertThat(browser.postFrom("http://elsewhere.example", page + "/marks", Map.of("mark", newKey()))
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.getWith(page, "HX-Request", "true").body())
                .contains("<h1>Bank transfers</h1>")
                .doesNotContain("<html");
    }
}
