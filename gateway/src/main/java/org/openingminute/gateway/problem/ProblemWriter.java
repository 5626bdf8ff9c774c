package org.openingminute.gateway.problem;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Fault;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one place that turns an error into an answer: a problem document, or a small page for a browser that meets an outage or
 * a missing page. Neither reveals the gateway's internals.
 */
@Component
public class ProblemWriter {

    private static final Logger log = LoggerFactory.getLogger(ProblemWriter.class);

    private final JsonMapper json;
    private final Pages pages;

    ProblemWriter(JsonMapper json, Pages pages) {
        this.json = json;
        this.pages = pages;
    }

    /**
     * Answers with what the error means.
     *
     * @param requestId shown on the page, so that a person can name it
     * @return completes when the answer is written; fails with the error if an answer had already begun
     */
    public Mono<Void> write(ServerWebExchange exchange, Throwable error, String requestId) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(error);
        }
        Problem refusal = refusalFor(error, requestId);
        if (error instanceof ResponseStatusException refused) {
            // The headers of an error, such as Allow and the accepted media types.
            response.getHeaders().addAll(refused.getHeaders());
        }
        return write(refusal, exchange.getRequest(), response, requestId);
    }

    /** Answers with a refusal. */
    public Mono<Void> write(Problem refusal, ServerHttpRequest request, ServerHttpResponse response, String requestId) {
        HttpHeaders headers = response.getHeaders();
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        headers.setCacheControl("no-store");
        headers.set(HttpHeaders.VARY, "Accept, Accept-Language");
        refusal.retryAfter().ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
        response.setStatusCode(refusal.code().status());
        byte[] body = body(refusal, request.getMethod(), request.getHeaders(), requestId, headers);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    /**
     * The body of the answer: a page for a browser where there is one, and the document otherwise.
     *
     * @param headers of the answer, which are told what the body is
     */
    public byte[] body(
            Problem refusal, HttpMethod method, HttpHeaders requested, String requestId, HttpHeaders headers) {
        Optional<String> page = wantsPage(requested) ? pageFor(refusal.code(), method) : Optional.empty();
        byte[] body;
        if (page.isPresent()) {
            Locale language = Pages.languageFor(requested);
            headers.setContentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8));
            headers.setContentLanguage(language);
            body = pages.page(
                    page.get(), language, Map.of("requestId", requestId, "back", SafeReferer.path(requested)));
        } else {
            headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
            body = document(refusal);
        }
        headers.setContentLength(body.length);
        return body;
    }

    /** The problem document, as bytes of UTF-8. */
    private byte[] document(Problem refusal) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", refusal.code().title());
        document.put("status", refusal.code().status().value());
        document.put("detail", refusal.detail());
        document.put("code", refusal.code().wireName());
        if (!refusal.errors().isEmpty()) {
            document.put("errors", refusal.errors());
        }
        document.putAll(refusal.members());
        return json.writeValueAsBytes(document);
    }

    private static Problem refusalFor(Throwable error, String requestId) {
        return switch (error) {
            case Problem refusal -> refusal;
            case ServerWebInputException unreadable -> unreadable(unreadable);
            case ResponseStatusException refused -> forStatus(refused.getStatusCode());
            default -> {
                log.atError()
                        .addKeyValue("requestId", requestId)
                        .setCause(Fault.of(error))
                        .log("A request failed");
                yield ourMistake();
            }
        };
    }

    private static Problem unreadable(ServerWebInputException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnrecognizedPropertyException unknown) {
                return Problem.invalid(unknown.getPropertyName(), "unknown-field", "is not a known field");
            }
            if (cause instanceof StreamReadException) {
                return Problem.malformed("The body is not valid JSON.");
            }
        }
        return Problem.malformed("The request cannot be read.");
    }

    /**
     * The contract's code for a bare status. The contract has few codes, so every other status gets the nearest one. A
     * method that a path does not support is a call that does not exist; after a fault of ours the call may be
     * repeated.
     *
     * @param status of an error, 400 or more
     */
    public static Problem forStatus(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> Problem.unauthenticated();
            case 403 -> new Problem(CommonProblem.FORBIDDEN, "This is not allowed.");
            case 404, 405, 501 -> Problem.notFound();
            case 406, 415 ->
                new Problem(CommonProblem.UNSUPPORTED_MEDIA_TYPE, "This media type is not supported here.");
            case 413, 414, 431 -> new Problem(CommonProblem.TOO_LARGE, "The request is too large.");
            default -> status.is5xxServerError() ? ourMistake() : Problem.malformed("The request cannot be read.");
        };
    }

    private static Problem ourMistake() {
        return Problem.unavailable("Something went wrong, and it has been logged.");
    }

    /**
     * The problem's page, if there is one. After a write it leads back to the form, because the address to which the
     * form was sent need not be a page.
     */
    private static Optional<String> pageFor(ProblemCode code, HttpMethod method) {
        boolean read = HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
        if (code == CommonProblem.UNAVAILABLE) {
            return Optional.of(read ? "unavailable" : "unavailable-after-write");
        }
        return code == CommonProblem.NOT_FOUND || code == CommonProblem.RATE_LIMITED
                ? Optional.of(code.wireName())
                : Optional.empty();
    }

    /** Whether a page is asked for: a browser names text/html explicitly; a program that accepts anything gets the document. */
    public static boolean wantsPage(HttpHeaders requested) {
        try {
            List<MediaType> accepted = requested.getAccept();
            return accepted.stream().anyMatch(type -> type.isConcrete() && MediaType.TEXT_HTML.isCompatibleWith(type));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
