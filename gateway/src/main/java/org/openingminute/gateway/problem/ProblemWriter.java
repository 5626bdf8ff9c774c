package org.openingminute.gateway.problem;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one place that turns an error into an answer: a problem document, or for a browser that meets an outage a small
 * page. Nothing of the gateway's inside is in either.
 */
@Component
public class ProblemWriter {

    private static final Logger log = LoggerFactory.getLogger(ProblemWriter.class);

    private final JsonMapper json;
    private final UnavailablePage page;

    ProblemWriter(JsonMapper json, UnavailablePage page) {
        this.json = json;
        this.page = page;
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
        response.setStatusCode(
                isMethodNotAllowed(error)
                        ? HttpStatus.METHOD_NOT_ALLOWED
                        : refusal.code().status());
        byte[] body;
        if (refusal.code() == ProblemCode.UNAVAILABLE && wantsPage(exchange)) {
            Locale locale = page.localeFor(exchange.getRequest().getHeaders());
            headers.setContentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8));
            headers.setContentLanguage(locale);
            body = page.render(locale, requestId);
        } else {
            headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
            body = json.writeValueAsBytes(
                    document(refusal, String.valueOf(response.getStatusCode()).replaceAll("\\D.*", "")));
        }
        headers.setContentLength(body.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    private static Map<String, Object> document(Refusal refusal, String status) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", refusal.code().title());
        document.put("status", Integer.valueOf(status));
        document.put("detail", refusal.getMessage());
        document.put("code", refusal.code().wireName());
        document.putAll(refusal.members());
        return document;
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
                yield new Refusal(ProblemCode.INTERNAL, "Something went wrong here. It has been noted.");
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

    private static Refusal forStatus(HttpStatusCode status) {
        return switch (HttpStatus.resolve(status.value())) {
            case NOT_FOUND -> Refusal.notFound();
            case METHOD_NOT_ALLOWED -> new Refusal(ProblemCode.NOT_FOUND, "This method does nothing here.");
            case CONTENT_TOO_LARGE -> new Refusal(ProblemCode.TOO_LARGE, "The request is too large.");
            case UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE ->
                new Refusal(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "This media type is not taken or given here.");
            case null, default -> new Refusal(ProblemCode.MALFORMED, "The request cannot be understood.");
        };
    }

    private static boolean isMethodNotAllowed(Throwable error) {
        return error instanceof ResponseStatusException refused
                && refused.getStatusCode().isSameCodeAs(HttpStatus.METHOD_NOT_ALLOWED);
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
