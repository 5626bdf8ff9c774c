package org.openingminute.registration.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.form.FieldError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Every error of this service as {@code application/problem+json} with a code; nothing of its inside is in one. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> problem(Problem problem) {
        return answer(problem);
    }

    /** An id in a path that is none: it names nothing. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> notAnId(MethodArgumentTypeMismatchException e) {
        return answer(
                e.getParameter().hasParameterAnnotation(org.springframework.web.bind.annotation.PathVariable.class)
                        ? Problem.notFound()
                        : Problem.invalid(List.of(new FieldError(e.getName(), "cannot be read"))));
    }

    /** Multipart that cannot be taken apart; what is too large has a handler of its own. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> notMultipart(MultipartException e) {
        return answer(Problem.malformed("The request is not multipart that can be read."));
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class,
        CannotCreateTransactionException.class
    })
    ResponseEntity<ProblemDetail> databaseAway(Exception e) {
        log.warn("The database did not answer: {}", e.toString());
        return answer(new Problem(ProblemCode.UNAVAILABLE, "This is not possible for a moment. Please try again."));
    }

    /** A mistake of ours. Nothing was done, and the same request may be sent again: that is what this code promises. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unexpected(Exception e) {
        log.error("A request failed", e);
        return answer(new Problem(ProblemCode.UNAVAILABLE, "Something went wrong here, and it has been noted."));
    }

    /** What Spring refuses by itself, with a code of the contract and the status that the contract gives it. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemCode code = switch (HttpStatus.valueOf(status.value())) {
            case NOT_FOUND, METHOD_NOT_ALLOWED -> ProblemCode.NOT_FOUND;
            case CONTENT_TOO_LARGE -> ProblemCode.TOO_LARGE;
            case UNSUPPORTED_MEDIA_TYPE, NOT_ACCEPTABLE -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
            case SERVICE_UNAVAILABLE -> ProblemCode.UNAVAILABLE;
            default -> ProblemCode.MALFORMED;
        };
        ProblemDetail detail = new Problem(code, sentence(code)).body();
        return ResponseEntity.status(code.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(detail);
    }

    private static String sentence(ProblemCode code) {
        return switch (code) {
            case NOT_FOUND -> "There is nothing here.";
            case TOO_LARGE -> "The request is too large.";
            case UNSUPPORTED_MEDIA_TYPE -> "This is not a kind of content that is taken or given here.";
            case UNAVAILABLE -> "This is not possible for a moment. Please try again.";
            default -> "The request cannot be understood.";
        };
    }

    private static ResponseEntity<ProblemDetail> answer(Problem problem) {
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(problem.code().status()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (problem.code() == ProblemCode.UNAVAILABLE || problem.code() == ProblemCode.IN_PROGRESS) {
            answer.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer.body(problem.body());
    }
}
