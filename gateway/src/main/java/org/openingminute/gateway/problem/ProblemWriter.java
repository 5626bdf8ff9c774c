package org.openingminute.gateway.problem;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.openingminute.gateway.pages.Pages;
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
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one place that turns an error into an answer: a problem document, or a small page for a browser that meets an
 * outage or nothing at all. Nothing of the gateway's inside is in either.
 */
@Component
public class ProblemWriter {

    private static final Logger log = LoggerFactory.getLogger(ProblemWriter.class);
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

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
     * @return done when the answer is written; the error again where an answer had begun before
     */
    public Mono<Void> write(ServerWebExchange exchange, Throwable error, String requestId) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(error);
        }
        Refusal refusal = refusalFor(error, requestId);
        HttpHeaders headers = response.getHeaders();
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        headers.setCacheControl("no-store");
        headers.set(HttpHeaders.VARY, "Accept, Accept-Language");
        refusal.retryAfter()
                .ifPresent(after -> headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(wholeSeconds(after))));
        if (error instanceof ResponseStatusException refused) {
            // Such as Allow, and the media types that are taken.
            headers.addAll(refused.getHeaders());
        }
        response.setStatusCode(refusal.code().status());
        Optional<String> page = wantsPage(exchange) ? pageFor(refusal.code(), exchange.getRequest()) : Optional.empty();
        byte[] body;
        if (page.isPresent()) {
            HttpHeaders asked = exchange.getRequest().getHeaders();
            Locale language = Pages.languageFor(asked);
            headers.setContentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8));
            headers.setContentLanguage(language);
            body = pages.page(page.get(), language, Map.of("requestId", requestId, "back", CameFrom.path(asked)));
        } else {
            headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
            body = document(refusal);
        }
        headers.setContentLength(body.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    /** The problem document that says it, as bytes of UTF-8. */
    public byte[] document(Refusal refusal) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", refusal.code().title());
        document.put("status", refusal.code().status().value());
        document.put("detail", refusal.getMessage());
        document.put("code", refusal.code().wireName());
        document.putAll(refusal.members());
        return json.writeValueAsBytes(document);
    }

    private static long wholeSeconds(Duration duration) {
        return Math.max(1, duration.plusMillis(999).toSeconds());
    }

    private static Refusal refusalFor(Throwable error, String requestId) {
        return switch (error) {
            case Refusal refusal -> refusal;
            case ServerWebInputException unreadable -> unreadable(unreadable);
            case ResponseStatusException refused -> forStatus(refused.getStatusCode());
            default -> {
                log.atError()
                        .addKeyValue("requestId", requestId)
                        .setCause(error)
                        .log("A request failed");
                yield ourMistake();
            }
        };
    }

    private static Refusal unreadable(ServerWebInputException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnrecognizedPropertyException unknown) {
                return Refusal.invalid(unknown.getPropertyName(), "is not known");
            }
        }
        return new Refusal(ProblemCode.MALFORMED, "The request cannot be read.");
    }

    /**
     * What the contract says instead of a bare status: its table is short, and every status outside it has a nearest code in
     * it. A method that a path does not have is a call that does not exist; a mistake of ours may be tried again.
     *
     * @param status of an error, 400 or more
     */
    public static Refusal forStatus(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> new Refusal(ProblemCode.UNAUTHENTICATED, "This needs a token that is valid now.");
            case 403 -> new Refusal(ProblemCode.FORBIDDEN, "This is not allowed.");
            case 404, 405, 501 -> Refusal.notFound();
            case 406, 415 ->
                new Refusal(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "This media type is not taken or given here.");
            case 413, 414, 431 -> new Refusal(ProblemCode.TOO_LARGE, "The request is too large.");
            default ->
                status.is5xxServerError()
                        ? ourMistake()
                        : new Refusal(ProblemCode.MALFORMED, "The request cannot be understood.");
        };
    }

    private static Refusal ourMistake() {
        return new Refusal(
                ProblemCode.UNAVAILABLE, "Something went wrong here, and it has been noted.", A_MOMENT, Map.of());
    }

    /**
     * The page that says it, where there is one. After a write it leads back to the form and not to where the form was sent,
     * which need not be a page.
     */
    private static Optional<String> pageFor(ProblemCode code, ServerHttpRequest request) {
        boolean read = HttpMethod.GET.equals(request.getMethod()) || HttpMethod.HEAD.equals(request.getMethod());
        return switch (code) {
            case UNAVAILABLE -> Optional.of(read ? "unavailable" : "unavailable-after-write");
            case NOT_FOUND -> Optional.of("not-found");
            case MALFORMED, UNAUTHENTICATED, FORBIDDEN, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID, RATE_LIMITED ->
                Optional.empty();
        };
    }

    /** A browser names text/html itself; a program that takes anything gets the document. */
    private static boolean wantsPage(ServerWebExchange exchange) {
        try {
            List<MediaType> accepted = exchange.getRequest().getHeaders().getAccept();
            return accepted.stream().anyMatch(type -> type.isConcrete() && MediaType.TEXT_HTML.isCompatibleWith(type));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
