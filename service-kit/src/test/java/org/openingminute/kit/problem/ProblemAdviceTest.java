package org.openingminute.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import jakarta.servlet.ServletException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.RequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import tools.jackson.databind.json.JsonMapper;

class ProblemAdviceTest {

    /** The codes in the table of the HTTP contract. */
    private static final Set<String> PUBLISHED = Set.of(
            "malformed 400",
            "idempotency-key-missing 400",
            "unauthenticated 401",
            "forbidden 403",
            "not-found 404",
            "not-allowed-now 409",
            "in-progress 409",
            "erased 410",
            "changed 412",
            "too-large 413",
            "unsupported-media-type 415",
            "invalid 422",
            "idempotency-key-reused 422",
            "rate-limited 429",
            "unavailable 503");

    @Test
    void every_code_is_one_of_the_contract_with_its_status() {
        assertThat(Arrays.stream(CommonProblem.values())
                        .map(code -> code.wireName() + " " + code.status().value())
                        .collect(Collectors.toSet()))
                .isEqualTo(PUBLISHED);
    }

    @Test
    void statement_that_took_too_long_is_no_mistake_of_ours() {
        assertThat(Problems.known(notTranslated("25P04"))).isPresent();
        assertThat(Problems.known(notTranslated("25001"))).isEmpty();
    }

    private static UncategorizedDataAccessException notTranslated(String state) {
        return new UncategorizedDataAccessException("unknown to Spring", new SQLException("terminated", state)) {};
    }

    static Stream<RuntimeException> whatMayPass() {
        return Stream.of(
                new CannotCreateTransactionException("no connection"),
                new TransactionSystemException("the commit was not answered"),
                new DataAccessResourceFailureException("terminated by administrator command"),
                new QueryTimeoutException("too slow"),
                new IllegalStateException("a mistake of ours, after which the same call may be made again"));
    }

    @ParameterizedTest
    @MethodSource("whatMayPass")
    void transient_failures_are_a_503_with_retry_after(RuntimeException failure) throws Exception {
        MockHttpServletResponse answer = answer(get("/fails"), failure);

        assertThat(answer.getStatus()).isEqualTo(503);
        assertThat(answer.getContentAsString())
                .contains("\"code\":\"unavailable\"")
                .doesNotContain(failure.getMessage(), "Exception");
        assertThat(answer.getHeader("Retry-After")).isEqualTo("2");
    }

    @ParameterizedTest
    @MethodSource("whatMayPass")
    void log_names_the_type_of_a_failure_and_has_no_message(RuntimeException failure) throws Exception {
        assertThat(logged(() -> answer(get("/fails"), failure)))
                .contains(failure.getClass().getName())
                .doesNotContain(failure.getMessage());
    }

    @Test
    void a_fault_that_no_advice_sees_is_answered_and_logged_without_its_message() throws Exception {
        MockHttpServletResponse answer = new MockHttpServletResponse();
        answer.setHeader("ETag", "of a page that cannot be drawn");

        String log = logged(() -> {
            new UnhandledErrorFilter().doFilter(new MockHttpServletRequest(), answer, (_, _) -> {
                throw new ServletException("token=secret", new IllegalStateException("token=secret"));
            });
            return answer;
        });

        assertThat(answer.getStatus()).isEqualTo(503);
        assertThat(answer.getHeader("Retry-After")).isEqualTo("2");
        assertThat(answer.getHeader("ETag")).isNull();
        assertThat(log).contains("IllegalStateException").doesNotContain("secret");
    }

    /** Returns the only line that is logged, with its stack trace. */
    private static String logged(Callable<?> work) throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(Problems.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            work.call();
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).hasSize(1);
        ILoggingEvent line = lines.list.getFirst();
        return line.getFormattedMessage() + ThrowableProxyUtil.asString(line.getThrowableProxy());
    }

    @Test
    void a_fault_has_types_and_frames_of_all_causes_and_no_message() {
        SQLException refused = new SQLException("token=secret", "22021");
        IllegalStateException failure = new IllegalStateException("token=secret", refused);
        refused.initCause(failure);

        StringWriter printed = new StringWriter();
        RedactedException.of(failure).printStackTrace(new PrintWriter(printed));

        assertThat(printed.toString())
                .contains("java.lang.IllegalStateException", "java.sql.SQLException 22021", "ProblemAdviceTest.java:")
                .doesNotContain("secret");
        assertThat(RedactedException.types(failure))
                .isEqualTo("java.lang.IllegalStateException, caused by java.sql.SQLException 22021");
    }

    @Test
    void document_is_that_of_the_contract() throws Exception {
        Problem problem = new Problem(CommonProblem.NOT_ALLOWED_NOW, "Not before noon.", Map.of("at", "noon"));
        MockHttpServletResponse answer = answer(get("/fails"), problem);

        assertThat(answer.getStatus()).isEqualTo(409);
        assertThat(answer.getContentType()).isEqualTo("application/problem+json");
        assertThat(answer.getHeader("Retry-After")).isNull();
        assertThat(new JsonMapper().readTree(answer.getContentAsString())).isEqualTo(new JsonMapper().readTree("""
                {"type": "about:blank", "title": "Not allowed now", "status": 409, "detail": "Not before noon.",
                 "instance": "/fails", "code": "not-allowed-now", "at": "noon"}"""));
    }

    @Test
    void fields_are_named_each() throws Exception {
        Problem problem = Problem.invalid(List.of(
                FieldError.of("a", "required", "is required"), FieldError.of("b", "too-many", "has over {}", 3)));

        assertThat(answer(get("/fails"), problem).getContentAsString())
                .contains("\"code\":\"invalid\"")
                .contains("[{\"field\":\"a\",\"message\":\"is required\",\"code\":\"required\"},"
                        + "{\"field\":\"b\",\"message\":\"has over 3\",\"code\":\"too-many\"}]");
    }

    @Test
    void reason_is_for_pages_and_not_in_the_document() throws Exception {
        Problem problem = new Problem(CommonProblem.NOT_ALLOWED_NOW, "Not before noon.")
                .because("too-early", 12)
                .retryAfter(Duration.ofSeconds(3));

        assertThat(problem.reason()).hasValue("too-early");
        assertThat(problem.parameters()).containsExactly(12);
        assertThat(answer(get("/fails"), problem).getContentAsString())
                .contains("Not before noon.")
                .doesNotContain("too-early", "reason", "parameters");
    }

    @Test
    void wait_is_in_whole_seconds_and_at_least_one() {
        Problem problem = new Problem(CommonProblem.RATE_LIMITED, "Too often.");

        assertThat(problem.retryAfter()).isEmpty();
        assertThat(problem.retryAfter(Duration.ofMillis(1)).retryAfter()).hasValue("1");
        assertThat(problem.retryAfter(Duration.ofMillis(1001)).retryAfter()).hasValue("2");
        assertThat(problem.retryAfter(Duration.ZERO).retryAfter()).hasValue("1");
    }

    static Stream<Object[]> refusals() {
        return Stream.of(
                new Object[] {get("/nowhere"), 404, "not-found"},
                new Object[] {post("/fails"), 404, "not-found"},
                new Object[] {get("/of/no-id"), 404, "not-found"},
                new Object[] {get("/count").param("count", "many"), 422, "invalid"},
                new Object[] {get("/count"), 400, "malformed"},
                new Object[] {get("/count").param("count", "1").param("other", "\0"), 422, "invalid"},
                new Object[] {get("/count").param("count", "1").param("o\0her", ""), 422, "invalid"},
                new Object[] {json("{"), 400, "malformed"},
                new Object[] {json("[]"), 400, "malformed"},
                new Object[] {post("/body").contentType("text/plain").content("x"), 415, "unsupported-media-type"},
                new Object[] {get("/of/" + new UUID(0, 1)).accept("image/png"), 415, "unsupported-media-type"});
    }

    private static RequestBuilder json(String body) {
        return post("/body").contentType(MediaType.APPLICATION_JSON).content(body);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusals_of_spring_have_a_code_of_the_contract(RequestBuilder request, int status, String code)
            throws Exception {
        MockHttpServletResponse answer = answer(request, new IllegalStateException());

        assertThat(answer.getStatus()).isEqualTo(status);
        assertThat(answer.getContentType()).isEqualTo("application/problem+json");
        assertThat(answer.getContentAsString()).contains("\"code\":\"" + code + "\"");
    }

    @Test
    void wrong_method_says_which_there_are() throws Exception {
        assertThat(answer(post("/fails"), new IllegalStateException()).getHeader("Allow"))
                .isEqualTo("GET");
    }

    static Stream<Object[]> unreadable() {
        return Stream.of(
                new Object[] {new MultipartException("cut off"), 400},
                new Object[] {new InvalidParameterException("%zz"), 400},
                new Object[] {new InvalidParameterException("too long", 413), 413},
                new Object[] {new MaxUploadSizeExceededException(1), 413});
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void unreadable_input_is_the_callers_mistake(RuntimeException failure, int status) throws Exception {
        assertThat(answer(get("/fails"), failure).getStatus()).isEqualTo(status);
    }

    @Test
    void upload_is_not_read_before_its_handler() throws NoSuchMethodException {
        Failing handlers = new Failing(new IllegalStateException());
        HandlerMethod upload = new HandlerMethod(handlers, Failing.class.getDeclaredMethod("fails"));
        HandlerMethod withParameter = new HandlerMethod(handlers, Failing.class.getDeclaredMethod("count", int.class));
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/upload") {
            @Override
            public Map<String, String[]> getParameterMap() {
                throw new IllegalStateException("the parts were read");
            }
        };
        request.setContentType("Multipart/form-data; boundary=x");
        MockHttpServletResponse response = new MockHttpServletResponse();

        assertThat(new TextCheck().preHandle(request, response, upload)).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> new TextCheck().preHandle(request, response, withParameter));
    }

    private static MockHttpServletResponse answer(RequestBuilder request, RuntimeException failure) throws Exception {
        MockMvc service = MockMvcBuilders.standaloneSetup(new Failing(failure))
                .setControllerAdvice(new ProblemAdvice())
                .addInterceptors(new TextCheck())
                .build();
        return service.perform(request).andReturn().getResponse();
    }

    @RestController
    static final class Failing {

        private final RuntimeException failure;

        Failing(RuntimeException failure) {
            this.failure = failure;
        }

        record Body(String text) {}

        @GetMapping("/fails")
        String fails() {
            throw failure;
        }

        @GetMapping(path = "/of/{id}", produces = "application/json")
        UUID of(@PathVariable UUID id) {
            return id;
        }

        @GetMapping("/count")
        int count(@RequestParam int count) {
            return count;
        }

        @PostMapping(path = "/body", consumes = "application/json")
        Body body(@RequestBody Body body) {
            return body;
        }
    }
}
