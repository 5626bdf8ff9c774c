package org.openingminute.gateway.problem;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.openingminute.gateway.request.StaffPaths;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
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
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns every error into a response: a problem document, or a small page where the reader of a browser can act on the error. Neither
 * reveals internals of the gateway. Thread-safe.
 */
@Component
public class ProblemWriter {

    private static final Logger log = LoggerFactory.getLogger(ProblemWriter.class);

    /** The target for signed-in staff if their previous page is not known. */
    private static final String DESK = "/desk";

    private final JsonMapper json;
    private final Pages pages;

    ProblemWriter(JsonMapper json, Pages pages) {
        this.json = json;
        this.pages = pages;
    }

    /**
     * Writes the response for an error.
     *
     * @param requestId shown on the page so that the reader can quote it
     * @return completes when the response is written; fails with the error if a response had already begun
     */
    public Mono<Void> write(ServerWebExchange exchange, Throwable error, String requestId) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(error);
        }
        Problem refusal = refusalFor(error, requestId);
        if (error instanceof ResponseStatusException refused) {
            // Headers that the error carries, such as Allow or the accepted media types.
            response.getHeaders().addAll(refused.getHeaders());
        }
        return write(refusal, exchange.getRequest(), response, requestId);
    }

    /** Writes a refusal. */
    public Mono<Void> write(Problem refusal, ServerHttpRequest request, ServerHttpResponse response, String requestId) {
        HttpHeaders headers = response.getHeaders();
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        headers.setCacheControl("no-store");
        headers.set(HttpHeaders.VARY, "Accept, Accept-Language");
        refusal.retryAfter().ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
        response.setStatusCode(refusal.code().status());
        Asked asked = new Asked(request.getMethod(), request.getURI().getRawPath(), request.getHeaders());
        byte[] body = body(refusal, asked, requestId, headers);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    /**
     * A refused request.
     *
     * @param path the path as it was sent, without the query
     */
    public record Asked(HttpMethod method, String path, HttpHeaders headers) {

        private boolean isRead() {
            return HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
        }
    }

    /**
     * Renders the body of a refusal: a page for a browser where there is one, otherwise the problem document.
     *
     * @param headers the response's headers, which receive those of the body
     */
    public byte[] body(Problem refusal, Asked asked, String requestId, HttpHeaders headers) {
        Optional<String> page = wantsPage(asked.headers()) ? pageFor(refusal, asked) : Optional.empty();
        byte[] body;
        if (page.isPresent()) {
            Locale language = Pages.languageFor(asked.headers());
            headers.setContentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8));
            headers.setContentLanguage(language);
            String back = SafeReferer.path(asked.headers());
            String to = UriUtils.encode(StaffPaths.isAny(back) ? back : DESK, StandardCharsets.UTF_8);
            body = pages.page(
                    page.get(),
                    language,
                    Map.of("requestId", requestId, "back", back, "to", to, "again", reloadAfter(refusal)));
        } else {
            headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
            body = document(refusal);
        }
        headers.setContentLength(body.length);
        return body;
    }

    /** The seconds until a refused page reloads itself, randomised so that pages that were refused together do not return together. */
    private static String reloadAfter(Problem refusal) {
        long wait = refusal.retryAfter().map(Long::parseLong).orElse(0L);
        return Long.toString(wait + ThreadLocalRandom.current().nextInt(1, 6));
    }

    /** The problem document as UTF-8 bytes. */
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
                        .setCause(RedactedException.of(error))
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
     * Maps a bare status to a code of the contract. The contract has few codes, so every other status gets the nearest one. A method that a
     * path does not support is answered as {@code not-found}; after an internal error the call may be repeated.
     *
     * @param status the status of an error, 400 or more
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
     * The name of the problem's page, if there is one. After a write, the page links back to the form, because the address to which the
     * form was submitted need not be a page.
     */
    private static Optional<String> pageFor(Problem refusal, Asked asked) {
        if (!(refusal.code() instanceof CommonProblem common)) {
            return Optional.empty();
        }
        return switch (common) {
            case UNAVAILABLE -> Optional.of(asked.isRead() ? "unavailable" : "unavailable-after-write");
            case RATE_LIMITED -> Optional.of(asked.isRead() ? "rate-limited-read" : "rate-limited");
            case NOT_FOUND, TOO_LARGE -> Optional.of(common.wireName());
            case MALFORMED -> Optional.of("unreadable");
            case INVALID ->
                refusal.errors().stream().allMatch(error -> error.code().equals("control-characters"))
                        ? Optional.of("unreadable")
                        : Optional.empty();
            case UNAUTHENTICATED ->
                !asked.isRead() && StaffPaths.isAny(asked.path()) ? Optional.of("not-signed-in") : Optional.empty();
            case IDEMPOTENCY_KEY_MISSING,
                    FORBIDDEN,
                    NOT_ALLOWED_NOW,
                    IN_PROGRESS,
                    ERASED,
                    CHANGED,
                    UNSUPPORTED_MEDIA_TYPE,
                    IDEMPOTENCY_KEY_REUSED -> Optional.empty();
        };
    }

    /** Whether the client wants a page. A browser accepts text/html explicitly; a program that accepts anything gets the document. */
    public static boolean wantsPage(HttpHeaders requested) {
        try {
            List<MediaType> accepted = requested.getAccept();
            return accepted.stream().anyMatch(type -> type.isConcrete() && MediaType.TEXT_HTML.isCompatibleWith(type));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
