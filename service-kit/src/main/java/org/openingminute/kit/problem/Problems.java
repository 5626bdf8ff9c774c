package org.openingminute.kit.problem;

import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Translates exceptions into problems, for JSON answers and pages alike. */
public final class Problems {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    /** PostgreSQL's SQL state for a transaction that it ended at the transaction time-out. */
    private static final String TRANSACTION_TIMEOUT = "25P04";

    private Problems() {}

    /**
     * Returns the problem for an exception. An unexpected exception is logged as a {@link RedactedException} and becomes
     * {@code unavailable}, so that the caller may repeat the request.
     */
    public static Problem of(Exception e) {
        return known(e).orElseGet(() -> {
            log.error("A request failed", RedactedException.of(e));
            return Problem.unavailable("Something went wrong, and it has been logged.")
                    .because("our-mistake");
        });
    }

    /**
     * The headers of the response: {@code Retry-After} and, for a refusal by Spring, the allowed methods or media types.
     *
     * @param problem the problem for the exception
     */
    public static HttpHeaders headers(Problem problem, Exception e) {
        HttpHeaders headers = new HttpHeaders();
        if (e instanceof ErrorResponse refused) {
            headers.addAll(refused.getHeaders());
            headers.remove(HttpHeaders.CONTENT_LENGTH);
        }
        problem.retryAfter().ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
        return headers;
    }

    /** Returns the problem for an expected exception; empty for an unexpected one. */
    public static Optional<Problem> known(Exception e) {
        return switch (e) {
            case Problem problem -> Optional.of(problem);
            case MethodArgumentTypeMismatchException mismatch -> Optional.of(mismatched(mismatch));
            case ErrorResponse refused -> ofStatus(refused.getStatusCode());
            case HttpMessageNotReadableException unreadable -> Optional.of(unreadable(unreadable));
            case MultipartException _ -> Optional.of(Problem.malformed("The multipart request cannot be read."));
            case InvalidParameterException unreadable -> ofStatus(HttpStatusCode.valueOf(unreadable.getErrorCode()));
            case DataAccessResourceFailureException _ -> Optional.of(databaseAway(e));
            case TransientDataAccessException _ -> Optional.of(databaseAway(e));
            case CannotCreateTransactionException _ -> Optional.of(databaseAway(e));
            case TransactionSystemException _ -> Optional.of(databaseAway(e));
            case UncategorizedDataAccessException ended
            when ended.getCause() instanceof SQLException cause && TRANSACTION_TIMEOUT.equals(cause.getSQLState()) ->
                Optional.of(databaseAway(e));
            default -> Optional.empty();
        };
    }

    /** A method that a path does not support is answered as {@code not-found}. */
    private static Optional<Problem> ofStatus(HttpStatusCode status) {
        return switch (HttpStatus.resolve(status.value())) {
            case NOT_FOUND, METHOD_NOT_ALLOWED -> Optional.of(Problem.notFound());
            case CONTENT_TOO_LARGE -> Optional.of(new Problem(CommonProblem.TOO_LARGE, "The request is too large."));
            case UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE ->
                Optional.of(
                        new Problem(CommonProblem.UNSUPPORTED_MEDIA_TYPE, "This media type is not supported here."));
            case SERVICE_UNAVAILABLE -> Optional.of(unavailable());
            case null, default -> status.is5xxServerError() ? Optional.empty() : Optional.of(malformed());
        };
    }

    /** A malformed id in a path names no resource, so the answer is {@code not-found}. */
    private static Problem mismatched(MethodArgumentTypeMismatchException e) {
        return e.getParameter().hasParameterAnnotation(PathVariable.class)
                ? Problem.notFound()
                : Problem.invalid(e.getName(), "unreadable", "cannot be read");
    }

    private static Problem unreadable(HttpMessageNotReadableException e) {
        return switch (e.getCause()) {
            case UnrecognizedPropertyException unknown ->
                Problem.invalid(path(unknown), "unknown-field", "is not a known field");
            case StreamReadException _ -> Problem.malformed("The body is not valid JSON.");
            case null -> Problem.malformed("A request body is required.");
            default -> Problem.malformed("The body does not have the expected form.");
        };
    }

    private static String path(JacksonException e) {
        return e.getPath().stream()
                .map(reference -> reference.getPropertyName() == null
                        ? "[" + reference.getIndex() + "]"
                        : reference.getPropertyName())
                .collect(Collectors.joining("."));
    }

    private static Problem malformed() {
        return Problem.malformed("The request cannot be read.");
    }

    private static Problem databaseAway(Exception e) {
        log.warn("The database did not answer: {}", RedactedException.types(e));
        return unavailable();
    }

    private static Problem unavailable() {
        return Problem.unavailable("This is temporarily not possible. Please try again.")
                .because("not-for-a-moment");
    }
}
