package org.openingminute.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

class ProblemWriterTest {

    private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

    /** If the page has a link back, it leads to the page with the form. */
    @ParameterizedTest
    @CsvSource({
        "TOO_LARGE, en, 413, This is too much at once",
        "TOO_LARGE, de, 413, Das ist zu viel auf einmal",
        "MALFORMED, en, 400, This cannot be read",
        "INVALID, de, 422, Das ist nicht lesbar",
        "RATE_LIMITED, en, 429, Please wait a few seconds",
        "NOT_FOUND, en, 404, Page not found"
    })
    void browser_gets_a_page_that_says_what_to_do(CommonProblem code, String language, int status, String title) {
        MockServerHttpResponse page = answer(new Problem(code, "No."), BROWSER, language);

        assertThat(page.getStatusCode()).extracting(HttpStatusCode::value).isEqualTo(status);
        assertThat(page.getHeaders().getFirst("Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.getBodyAsString().block())
                .contains("<html lang=\"" + language + "\"", "<h1>" + title + "</h1>", "<code>id</code>")
                .contains(code == CommonProblem.NOT_FOUND ? "href=\"/\"" : "href=\"/desk/a/transfers\"");
    }

    @ParameterizedTest
    @CsvSource({
        "en, Nothing was sent, http://localhost/desk/a/transfers, %2Fdesk%2Fa%2Ftransfers",
        "de, Es wurde nichts gesendet, http://localhost/desk/a/proofs?after=b%20c, %2Fdesk%2Fa%2Fproofs%3Fafter%3Db%2520c",
        "en, Nothing was sent, http://localhost/, %2Fdesk",
        "en, Nothing was sent, , %2Fdesk"
    })
    void file_without_a_session_leads_to_sign_in_and_back(String language, String title, String from, String to) {
        MockServerHttpRequest.BodyBuilder file = MockServerHttpRequest.post("http://localhost/desk/a/transfers/file");
        if (from != null) {
            file.header("Referer", from);
        }

        MockServerHttpResponse page = answer(Problem.unauthenticated(), file, BROWSER, language);

        assertThat(page.getStatusCode()).extracting(HttpStatusCode::value).isEqualTo(401);
        assertThat(page.getBodyAsString().block())
                .contains("<h1>" + title + "</h1>", "href=\"/sign-in?to=" + to + "\"");
    }

    /** A read sent no form, and registrants do not sign in. */
    @ParameterizedTest
    @CsvSource({"GET, /desk/a/transfers", "POST, /registrations/1/attendees/2/proof", "POST, /api/admin/check-ins"})
    void no_other_call_without_a_session_gets_that_page(String method, String path) {
        MockServerHttpRequest.BodyBuilder call =
                MockServerHttpRequest.method(HttpMethod.valueOf(method), "http://localhost" + path);

        assertThat(answer(Problem.unauthenticated(), call, BROWSER, "en")
                        .getHeaders()
                        .getFirst("Content-Type"))
                .isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({"en, Nothing was sent, loads again by itself", "de, Es wurde nichts abgeschickt, lädt sich"})
    void page_that_was_asked_for_too_often_loads_again(String language, String unsent, String reloads) {
        Problem refusal = new Problem(CommonProblem.RATE_LIMITED, "No.").retryAfter(Duration.ofSeconds(7));
        MockServerHttpRequest.BodyBuilder read =
                MockServerHttpRequest.method(HttpMethod.GET, "http://localhost/waiting-room/a");

        assertThat(answer(refusal, read, BROWSER, language).getBodyAsString().block())
                .contains(unsent, reloads)
                .containsPattern("<meta http-equiv=\"refresh\" content=\"(8|9|1[0-2])\">")
                .doesNotContain("{again}", "href=\"/\" class=\"button\"");
    }

    @Test
    void wrong_field_is_named_by_a_document() {
        MockServerHttpResponse document = answer(Problem.invalid("from", "not-a-day", "must be a day"), BROWSER, "en");

        assertThat(document.getHeaders().getFirst("Content-Type")).isEqualTo("application/problem+json");
        assertThat(document.getBodyAsString().block()).contains("\"field\":\"from\"");
    }

    @ParameterizedTest
    @EnumSource(
            value = CommonProblem.class,
            names = {"TOO_LARGE", "MALFORMED", "INVALID", "UNAUTHENTICATED"})
    void program_gets_a_document(CommonProblem code) {
        MockServerHttpResponse document = answer(new Problem(code, "No."), "*/*", "en");

        assertThat(document.getHeaders().getFirst("Content-Type")).isEqualTo("application/problem+json");
        assertThat(document.getBodyAsString().block()).contains("\"code\":\"" + code.wireName() + "\"");
    }

    private static MockServerHttpResponse answer(Problem refusal, String accept, String language) {
        MockServerHttpRequest.BodyBuilder file = MockServerHttpRequest.post("http://localhost/desk/a/transfers/file");
        return answer(refusal, file.header("Referer", "http://localhost/desk/a/transfers"), accept, language);
    }

    private static MockServerHttpResponse answer(
            Problem refusal, MockServerHttpRequest.BodyBuilder asked, String accept, String language) {
        MockServerWebExchange exchange = MockServerWebExchange.from(
                asked.header("Host", "localhost").header("Accept", accept).header("Accept-Language", language));
        TestProblems.writer().write(exchange, refusal, "id").block();
        return exchange.getResponse();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_mistake_of_ours_may_be_tried_again_and_tells_nothing(CapturedOutput log) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/api/conferences"));

        TestProblems.writer()
                .write(exchange, new IllegalStateException("host-17"), "id")
                .block();

        MockServerHttpResponse answer = exchange.getResponse();
        assertThat(answer.getHeaders().getFirst("Retry-After")).isNotNull();
        assertThat(answer.getBodyAsString().block())
                .contains("\"status\":503", "\"code\":\"unavailable\"")
                .doesNotContain("host-17", "IllegalState");
        assertThat(log.getAll())
                .contains("A request failed", "IllegalStateException", "ProblemWriterTest.java")
                .doesNotContain("host-17");
    }
}
