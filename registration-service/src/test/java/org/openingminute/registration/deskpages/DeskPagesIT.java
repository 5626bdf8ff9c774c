package org.openingminute.registration.deskpages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;
import static org.openingminute.registration.pages.Browser.header;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.StaffPageErrors;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.pages.Browser;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.ModelAndView;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;
import tools.jackson.databind.node.ObjectNode;

/** Proves the pages for staff, as a browser without scripts gets them from the running service. */
@RegistrationServiceTest
class DeskPagesIT {

    private static final Pattern ROW = Pattern.compile("<th scope=\"row\"><a href=\"[^\"]*/registrations/([^\"]+)\"");
    private static final Pattern PAGE = Pattern.compile("<a rel=\"(prev|next)\" href=\"([^\"]+)\"");

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private StaffPageErrors errors;

    @Autowired
    private ThymeleafViewResolver views;

    @Autowired
    private WebApplicationContext context;

    private String slug = "";
    private Browser browser = new Browser(0);

    @BeforeEach
    void signIn() {
        slug = service.putConference(1_000, 600);
        browser = as("organiser");
    }

    private Browser as(String role) {
        Browser signedIn = new Browser(service.port());
        signedIn.become("staff", staffToken(role));
        return signedIn;
    }

    @Test
    void browser_without_a_session_is_led_to_the_form_of_sign_in() {
        Browser stranger = new Browser(service.port());

        HttpResponse<String> led = stranger.get(list() + "?q=a%26b&status=confirmed");
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(header(led, "Location"))
                .isEqualTo("/sign-in?to=%2Fdesk%2F" + slug + "%2Fregistrations%3Fq%3Da%2526b%26status%3Dconfirmed");

        HttpResponse<String> part = stranger.getWith(list(), "HX-Request", "true");
        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(header(part, "HX-Refresh")).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check-in", "operator", "organiser:elsewhere-2026"})
    void role_that_may_not_is_told_so_in_the_frame(String role) {
        HttpResponse<String> refused = as(role).get(list());

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body())
                .contains("<html", "Your role is not for this page.", "The person of " + role, "action=\"/sign-out\"")
                .doesNotContain("/desk/" + slug + "/registrations\"");
        assertThat(as(role).get(list(), "de").body()).contains("Ihre Rolle ist nicht für diese Seite.");
    }

    /** The form is submitted after its session has expired. */
    @Test
    void form_of_an_expired_session_keeps_its_input() throws Exception {
        MockHttpServletRequest request =
                new MockHttpServletRequest(context.getServletContext(), "POST", list() + "/7/refund");
        request.setContentType("application/x-www-form-urlencoded");
        request.addHeader("Accept", "text/html");
        request.addParameter("reason", "twice \"paid\"");
        MockHttpServletResponse response = new MockHttpServletResponse();

        ModelAndView kept = errors.resolveException(request, response, null, Problem.unauthenticated());
        assertThat(kept).isNotNull();
        assertThat(kept.getStatus()).isEqualTo(HttpStatus.UNAUTHORIZED);
        views.resolveViewName(String.valueOf(kept.getViewName()), Locale.ENGLISH)
                .render(kept.getModel(), request, response);
        assertThat(response.getContentAsString())
                .contains(
                        "Please sign in again",
                        "action=\"" + list() + "/7/refund\"",
                        "name=\"reason\"",
                        "value=\"twice &quot;paid&quot;\"");

        request.addHeader("Origin", "https://elsewhere.example.org");
        MockHttpServletResponse led = new MockHttpServletResponse();
        errors.resolveException(request, led, null, Problem.unauthenticated());
        assertThat(led.getStatus()).as("of another site").isEqualTo(303);
        assertThat(led.getContentAsString()).isEmpty();
    }

    @Test
    void home_lists_the_readers_conferences_and_leads_to_a_single_one() {
        assertThat(browser.get("/desk").body())
                .contains("<h1>Your conferences</h1>", "href=\"" + list() + "\"", "/desk/mlsys-2026/registrations");

        HttpResponse<String> led = as("finance:" + slug).get("/desk");
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(header(led, "Location")).startsWith("/desk/" + slug);
        assertThat(as("operator").get("/desk").statusCode()).isEqualTo(403);
    }

    @Test
    void list_finds_a_registration_by_its_reference_and_shows_what_it_is() {
        Reply ada = register("seat", "Ada", "Lovelace");
        register("free", "Grace", "Hopper");

        HttpResponse<String> page =
                browser.get(list() + "?q=" + ada.text("reference").toLowerCase());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Cache-Control")).contains("no-store");
        assertThat(rows(page)).containsExactly(ada.text("id"));
        assertThat(page.body())
                .contains(
                        "aria-current=\"page\"",
                        "Ada Lovelace",
                        "1\u00a0× Seat",
                        "Awaiting payment",
                        "USD 100.00",
                        "Not paid",
                        "action=\"" + list() + "\"",
                        "value=\"" + ada.text("reference").toLowerCase() + "\"")
                .doesNotContain("Hopper", "??");
        assertThat(browser.get(list() + "?q=" + ada.text("reference"), "de").body())
                .contains("<h1>Anmeldungen</h1>", "Zahlung offen", "100,00 USD")
                .doesNotContain("??");
    }

    @Test
    void part_paid_invoice_shows_what_was_received() {
        String conference = "/api/admin/conferences/" + slug;
        ObjectNode definition = (ObjectNode)
                service.get(conference, staffToken("organiser")).expect(200).body();
        ((ObjectNode) definition.path("registration")).put("invoiceDays", 14);
        service.put(conference, staffToken("organiser"), definition.toString()).expect(200);
        Reply made = service.post(
                        "/api/conferences/" + slug + "/registrations",
                        null,
                        newKey(),
                        ServiceFixture.body("seat").replaceFirst("\\{", "{\"paymentMethod\": \"invoice\","))
                .expect(201);
        service.post("/api/admin/registrations/" + made.text("id") + "/mark-paid", staffToken("finance"), newKey(), """
                {"reference": "SEPA 1", "amount": {"amount": 6000, "currency": "USD"}, "receivedAt": "2026-02-02T17:00:00Z"}""")
                .expect(200);

        assertThat(browser.get(list() + "?q=" + made.text("id")).body())
                .contains("<td>Part paid: USD 60.00</td>")
                .doesNotContain("<td>Not paid</td>");
        assertThat(browser.get(list() + "/" + made.text("id")).body())
                .contains("<span>Part paid</span>", "<span>USD 60.00</span>", "USD 40.00 still to be paid");
        assertThat(browser.get(list() + "/" + made.text("id"), "de").body())
                .contains("<span>Teilweise bezahlt</span>", "40,00 USD noch zu zahlen");
    }

    @Test
    void registration_without_a_price_has_nothing_to_pay() {
        Reply free = register("free", "Ada", "Lovelace");

        assertThat(browser.get(list() + "?q=" + free.text("id")).body()).contains("<td>Nothing to pay</td>");
        assertThat(browser.get(list() + "/" + free.text("id")).body()).contains("<span>Nothing to pay</span>");
    }

    @Test
    void part_of_the_list_has_no_frame() {
        Reply ada = register("seat", "Ada", "Lovelace");

        HttpResponse<String> part = browser.getWith(list() + "?q=" + ada.text("id"), "HX-Request", "true");

        assertThat(rows(part)).containsExactly(ada.text("id"));
        assertThat(part.body()).contains("id=\"registrations\"").doesNotContain("<html", "<header", "/sign-out");
    }

    @Test
    void address_holds_the_view_and_days_are_the_conferences() {
        Reply unpaid = register("seat", "Ada", "Lovelace");
        Reply free = register("free", "Ada", "Byron");
        awaitIndexed(2);

        assertThat(rows(browser.get(list() + "?q=ada&status=confirmed"))).containsExactly(free.text("id"));
        assertThat(rows(browser.get(list() + "?category=seat&payment=awaiting&phase=all&method=card")))
                .containsExactly(unpaid.text("id"));
        assertThat(rows(browser.get(list() + "?from=2026-02-02&to=2026-02-02"))).hasSize(2);
        assertThat(rows(browser.get(list() + "?to=2026-02-01"))).isEmpty();
        assertThat(browser.get(list() + "?q=nobody").body())
                .contains("No registration was found.")
                .doesNotContain("<table", "Similar names");
        assertThat(browser.get(list() + "?q=Adda%20Lovlace&status=confirmed").body())
                .contains("Similar names:", "<a href=\"" + list() + "?q=Ada%20Lovelace\">Ada Lovelace</a>")
                .doesNotContain("Byron");
        assertThat(browser.get(list() + "?status=confirmed&from=2026-02-02").body())
                .contains(
                        "<option value=\"confirmed\" selected=\"selected\">Confirmed</option>", "value=\"2026-02-02\"");
    }

    @ParameterizedTest
    @CsvSource({
        "from=x, #registrations-from, This is not a date",
        "to=99999-01-01, #registrations-to, This is not a date",
        "status=lost, #registrations-status, Please choose one from the list",
        "voucher=%07, #registrations-voucher, Please use plain text",
        "after=x, '#registrations\"', is not the end of a part of this list"
    })
    void what_cannot_be_chosen_is_said_above_the_filters(String query, String field, String text) {
        HttpResponse<String> page = browser.get(list() + "?q=ada&" + query);

        assertThat(page.statusCode()).isEqualTo(422);
        assertThat(page.body()).contains("role=\"alert\"", "href=\"" + field, text, "value=\"ada\"");
    }

    @Test
    void pages_lead_on_and_back_to_the_same_rows() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 52; i++) {
            made.add(register("free", "Ada", "Lovelace").text("id"));
        }
        awaitIndexed(52);
        for (String sort : List.of("oldest", "newest", "need")) {
            HttpResponse<String> first = browser.get(list() + "?q=lovelace&sort=" + sort);
            HttpResponse<String> second = browser.get(page(first, "next"));
            HttpResponse<String> back = browser.get(page(second, "prev"));

            assertThat(page(second, "prev")).contains("q=lovelace", "sort=" + sort);
            assertThat(rows(first)).hasSize(50);
            assertThat(rows(second)).hasSize(2).doesNotContainAnyElementsOf(rows(first));
            assertThat(rows(back)).isEqualTo(rows(first));
            assertThat(pages(first)).containsExactly("next");
            assertThat(pages(second)).containsExactly("prev");
            assertThat(pages(back)).containsExactly("next");
            switch (sort) {
                case "oldest" -> assertThat(rows(first)).isEqualTo(made.subList(0, 50));
                case "newest" ->
                    assertThat(rows(first)).isEqualTo(made.reversed().subList(0, 50));
                default -> assertThat(made).containsAll(rows(first));
            }
        }
    }

    @Test
    void registration_shows_an_organiser_all_of_it() {
        Reply ada = register("seat", "Ada", "Lovelace");

        HttpResponse<String> page = browser.get(list() + "/" + ada.text("id"));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Cache-Control")).contains("no-store");
        assertThat(page.body())
                .contains(
                        "<h1>Registration " + ada.text("reference") + "</h1>",
                        "ada@example.org",
                        "Awaiting payment",
                        "Seats are held until",
                        "Analytical Engines",
                        "no nuts",
                        "a ramp",
                        "USD 100.00",
                        "Seats held",
                        "Purchase order number",
                        "PO 77",
                        ada.text("id"))
                .doesNotContain("??");
        assertThat(browser.get(list() + "/" + ada.text("id"), "de").body())
                .contains("Plätze reserviert bis", "Personen", "Barrierefreiheit")
                .doesNotContain("??");
    }

    @Test
    void good_ticket_and_its_badge_are_linked_for_organisers() {
        Reply good = register("free", "Ada", "Lovelace");
        Reply unpaid = register("seat", "Grace", "Hopper");
        String path = list() + "/" + good.text("id");
        String badge = "/api/admin/conferences/" + slug + "/attendees/" + good.text("attendees.0.id") + "/badge.pdf\"";

        assertThat(browser.get(path).body())
                .contains("?ticket=" + good.text("attendees.0.id") + "\"", badge + ">Badge (PDF)</a>");
        assertThat(browser.get(path, "de").body()).contains(badge + ">Namensschild (PDF)</a>");
        assertThat(as("finance").get(path).body()).doesNotContain("?ticket=", "badge.pdf");
        assertThat(browser.get(list() + "/" + unpaid.text("id")).body()).doesNotContain("?ticket=", "badge.pdf");
    }

    @Test
    void finance_sees_neither_diets_nor_access_needs_nor_proofs() {
        Reply ada = register("seat", "Ada", "Lovelace");
        for (String code : List.of("proof-received", "marked-as-paid")) {
            jdbc.sql("insert into timeline (at, registration_id, what, code) values (now(), ?, ?, ?)")
                    .param(UUID.fromString(ada.text("id")))
                    .param("line of " + code)
                    .param(code)
                    .update();
        }
        String path = list() + "/" + ada.text("id");

        assertThat(as("finance").get(path).body())
                .contains("ada@example.org", "PO 77", "USD 100.00", "Marked as paid")
                .doesNotContain("no nuts", "a ramp", "Proof");
        assertThat(browser.get(path).body()).contains("no nuts", "Proof received", "Marked as paid");
    }

    @Test
    void finance_opens_the_receipt_and_organisers_the_ticket_too() {
        Reply ada = service.register(slug, "seat").expect(201);
        String id = ada.text("id");
        String captured = ServiceFixture.captured(id, 10_000, 10_000, UUID.randomUUID());
        service.publishPayment(id, "payment.captured.v1", 2, captured);
        service.awaitStatus(ada, "confirmed");
        service.publishPayment(
                id,
                "payment.receipt-issued.v1",
                3,
                captured.replace("\"answered\": false", "\"answered\": true")
                        .replace(
                                "\"receipt\": null",
                                "\"receipt\": {\"number\": \"2026-000001\", \"issuedAt\": \"2026-02-02T17:01:01Z\"}"));

        String receipt = "<a href=\"" + list() + "/" + id + "/money?file=receipt.pdf\">";
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(as("finance").get(list() + "/" + id).body()).contains(receipt));
        String attendee = ada.body().at("/attendees/0/id").asString();
        String ticket = list() + "/" + id + "?ticket=" + attendee;
        assertThat(as("finance").get(list() + "/" + id).body()).doesNotContain("?ticket=");
        assertThat(as("finance").get(ticket).statusCode()).isEqualTo(403);
        assertThat(browser.get(list() + "/" + id).body()).contains(receipt, "<a href=\"" + ticket + "\">");
        assertThat(header(browser.get(ticket), "Location"))
                .isEqualTo("/api/registrations/" + id + "/attendees/" + attendee + "/ticket.pdf");
        assertThat(header(new Browser(service.port()).get(ticket), "Location"))
                .startsWith("/sign-in?to=")
                .endsWith("%3Fticket%3D" + attendee);
    }

    @Test
    void opened_registration_is_in_the_audit_and_another_conferences_is_not_found() {
        Reply ada = register("seat", "Ada", "Lovelace");
        String other = service.putConference(10, 600);

        as("finance:" + slug).get(list() + "/" + ada.text("id"));
        HttpResponse<String> notFound = browser.get("/desk/" + other + "/registrations/" + ada.text("id"));

        assertThat(notFound.statusCode()).isEqualTo(404);
        assertThat(notFound.body()).contains("Page not found", "action=\"/sign-out\"");
        assertThat(jdbc.sql(
                                "select who || ' ' || role || ' ' || what || ' ' || conference from audit where registration_id = ?")
                        .param(UUID.fromString(ada.text("id")))
                        .query(String.class)
                        .list())
                .containsExactly("finance:" + slug + " finance opened a registration " + slug);
    }

    private Reply register(String category, String given, String family) {
        return service.post("/api/conferences/" + slug + "/registrations", null, newKey(), """
                {"contact": {"name": "%2$s %3$s", "email": "ada@example.org"},
                 "attendees": [{"category": "%1$s", "givenName": "%2$s", "familyName": "%3$s", "email": "ada@example.org",
                                "affiliation": "Analytical Engines", "dietary": "no nuts", "accessibility": "a ramp"}],
                 "invoice": {"organization": "Engines Ltd", "purchaseOrder": "PO 77"},
                 "acceptedCodeOfConduct": true}""".formatted(
                                category, given, family))
                .expect(201);
    }

    private void awaitIndexed(int registrations) {
        await().atMost(SOON)
                .until(() -> jdbc.sql("select count(*) from desk_registration where conference = ?")
                                .param(slug)
                                .query(Integer.class)
                                .single()
                        == registrations);
    }

    private String list() {
        return "/desk/" + slug + "/registrations";
    }

    private static List<String> rows(HttpResponse<String> page) {
        return ROW.matcher(page.body()).results().map(row -> row.group(1)).toList();
    }

    private static List<String> pages(HttpResponse<String> page) {
        return PAGE.matcher(page.body()).results().map(link -> link.group(1)).toList();
    }

    private static String page(HttpResponse<String> page, String direction) {
        MatchResult link = PAGE.matcher(page.body())
                .results()
                .filter(one -> one.group(1).equals(direction))
                .findFirst()
                .orElseThrow();
        return link.group(2).replace("&amp;", "&");
    }
}
