package org.openingminute.kit.problem;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Turns every exception of a controller into an {@code application/problem+json} response with a code, without revealing internals. */
@RestControllerAdvice
class ProblemAdvice {

    /** Returns the response; {@code null} if the client has disconnected. */
    @ExceptionHandler
    @Nullable
    ResponseEntity<ProblemDetail> answer(Exception e) {
        if (e instanceof AsyncRequestNotUsableException) {
            return null;
        }
        Problem problem = Problems.of(e);
        return ResponseEntity.status(problem.code().status())
                .headers(Problems.headers(problem, e))
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem.body());
    }
}
