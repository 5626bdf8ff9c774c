package org.openingminute.notification.problem;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers every refusal and failure of this service. What went wrong inside is logged and not told. */
@RestControllerAdvice
class ProblemAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(ApiProblem problem) {
        return answer(problem, HttpHeaders.EMPTY);
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class,
        CannotCreateTransactionException.class
    })
    ResponseEntity<ProblemDetail> databaseAway(RuntimeException e) {
        LOG.warn("The database did not answer: {}", e.getClass().getSimpleName());
        ApiProblem problem = new ApiProblem(ProblemCode.UNAVAILABLE, "The database does not answer right now.");
        return answer(problem.retryAfter(A_MOMENT), HttpHeaders.EMPTY);
    }

    /**
     * What Spring refuses by itself has a status; everything else is a mistake of ours. Nothing was done then, and the same
     * request may be sent again, which is what the contract's {@code unavailable} says.
     */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> failed(Exception e) {
        if (e instanceof ErrorResponse refusal) {
            return answer(
                    switch (refusal.getStatusCode().value()) {
                        case 400 -> new ApiProblem(ProblemCode.MALFORMED, "The request cannot be read.");
                        // A method that a path does not have is a call that does not exist; Allow says which do.
                        case 404, 405 -> new ApiProblem(ProblemCode.NOT_FOUND, "There is nothing here.");
                        case 413 -> new ApiProblem(ProblemCode.TOO_LARGE, "The request is too large.");
                        case 406, 415 ->
                            new ApiProblem(
                                    ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                                    "This media type is not taken or given here; application/json is.");
                        default -> internal(e);
                    },
                    refusal.getHeaders());
        }
        return answer(internal(e), HttpHeaders.EMPTY);
    }

    private static ApiProblem internal(Exception e) {
        LOG.error("A request failed", e);
        return new ApiProblem(ProblemCode.UNAVAILABLE, "Something went wrong here, and it has been noted.")
                .retryAfter(A_MOMENT);
    }

    private static ResponseEntity<ProblemDetail> answer(ApiProblem problem, HttpHeaders more) {
        ProblemCode code = problem.code();
        ProblemDetail body = ProblemDetail.forStatusAndDetail(code.status(), problem.detail());
        body.setType(URI.create("about:blank"));
        body.setTitle(code.title());
        body.setProperty("code", code.code());
        if (!problem.errors().isEmpty()) {
            body.setProperty("errors", problem.errors());
        }
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(more);
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        @Nullable Duration wait = problem.retryAfter();
        if (wait != null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, (wait.toMillis() + 999) / 1000)));
        }
        return new ResponseEntity<>(body, headers, code.status());
    }
}
