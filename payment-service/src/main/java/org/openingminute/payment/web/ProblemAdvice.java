package org.openingminute.payment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openingminute.payment.PaymentServiceSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.convert.ConversionException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** The one place where whatever went wrong becomes an answer: a problem of RFC 9457, or a small page for a browser. */
@RestControllerAdvice
final class ProblemAdvice {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

    private static final Pattern OF_A_PAYMENT = Pattern.compile("/api/payments/([0-9a-f-]{36})(?:/.*)?");

    private final ITemplateEngine templates;
    private final Texts texts;
    private final boolean rehearsal;

    ProblemAdvice(ITemplateEngine templates, Texts texts, PaymentServiceSettings settings) {
        this.templates = templates;
        this.texts = texts;
        this.rehearsal = settings.mode() == PaymentServiceSettings.Mode.REHEARSAL;
    }

    @ExceptionHandler
    ResponseEntity<?> problem(Problem problem, HttpServletRequest request) {
        return answer(problem, HttpHeaders.EMPTY, request);
    }

    private ResponseEntity<?> answer(Problem problem, HttpHeaders more, HttpServletRequest request) {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(problem.code().status(), problem.detail());
        body.setType(URI.create("about:blank"));
        body.setTitle(problem.code().title());
        body.setProperty("code", problem.code().text());
        if (!problem.errors().isEmpty()) {
            body.setProperty("errors", problem.errors());
        }
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(more);
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        if (problem.retryAfter() != null) {
            headers.set(
                    HttpHeaders.RETRY_AFTER, Long.toString(problem.retryAfter().toSeconds()));
        }
        return write(body, headers, request);
    }

    @ExceptionHandler
    ResponseEntity<?> unreadable(HttpMessageNotReadableException e, HttpServletRequest request) {
        if (e.getCause() instanceof UnrecognizedPropertyException unknown) {
            return problem(
                    Problem.invalid(List.of(new Problem.FieldError(path(unknown), "is not a known field"))), request);
        }
        return problem(
                new Problem(ProblemCode.MALFORMED, "The body is no JSON of the form that is expected here."), request);
    }

    @ExceptionHandler({
        MethodArgumentTypeMismatchException.class,
        ConversionException.class,
        ServletRequestBindingException.class
    })
    ResponseEntity<?> wrongType(Exception e, HttpServletRequest request) {
        return problem(new Problem(ProblemCode.MALFORMED, "A parameter cannot be read."), request);
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        TransactionException.class,
        TransientDataAccessException.class
    })
    ResponseEntity<?> databaseAway(Exception e, HttpServletRequest request) {
        log.warn("The database does not answer: {}", e.toString());
        return problem(
                Problem.unavailable("Payments cannot be reached at the moment. Please try again.", A_MOMENT), request);
    }

    /** A mistake of ours: nothing was done, and the same call may be made again. */
    @ExceptionHandler
    ResponseEntity<?> anythingElse(Exception e, HttpServletRequest request) {
        if (e instanceof ErrorResponse known) {
            return answer(known(known.getStatusCode()), known.getHeaders(), request);
        }
        log.error("A request failed", e);
        return problem(Problem.unavailable("Something went wrong here, and it has been noted.", A_MOMENT), request);
    }

    /** What Spring refuses by itself, in our words. A method that a path does not have is a call that does not exist. */
    private static Problem known(HttpStatusCode status) {
        return switch (HttpStatus.resolve(status.value())) {
            case NOT_FOUND, METHOD_NOT_ALLOWED -> new Problem(ProblemCode.NOT_FOUND, "There is nothing here.");
            case UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE ->
                new Problem(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "This media type is not taken or given here.");
            case CONTENT_TOO_LARGE -> new Problem(ProblemCode.TOO_LARGE, "The request is too large.");
            case null, default -> new Problem(ProblemCode.MALFORMED, "The request cannot be read.");
        };
    }

    private ResponseEntity<?> write(ProblemDetail body, HttpHeaders headers, HttpServletRequest request) {
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(body.getStatus()).headers(headers);
        if (Page.wantedBy(request.getHeader(HttpHeaders.ACCEPT))) {
            Locale locale = RequestContextUtils.getLocale(request);
            String code =
                    String.valueOf(Objects.requireNonNull(body.getProperties()).get("code"));
            String detail = Objects.requireNonNullElse(body.getDetail(), "");
            Context context = new Context(
                    locale,
                    Map.of(
                            "title",
                            texts.of("problem." + code, locale, texts.of("problem.other", locale, code)),
                            "detail",
                            texts.detail(detail, locale),
                            "back",
                            back(request.getRequestURI()),
                            "rehearsal",
                            rehearsal));
            return answer.contentType(HTML).body(templates.process("problem", context));
        }
        return answer.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(body);
    }

    /** The page that a payer came from, or the first of all. */
    private static String back(String path) {
        Matcher payment = OF_A_PAYMENT.matcher(path);
        return payment.matches() ? "/registrations/" + payment.group(1) : "/";
    }

    private static String path(JacksonException e) {
        return e.getPath().stream()
                .map(reference -> reference.getPropertyName() == null
                        ? "[" + reference.getIndex() + "]"
                        : reference.getPropertyName())
                .collect(Collectors.joining("."));
    }
}
