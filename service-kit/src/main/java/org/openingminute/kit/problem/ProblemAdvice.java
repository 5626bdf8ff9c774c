package org.openingminute.kit.problem;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Every error of a service as {@code application/problem+json} with a code; nothing of the service's inside is in one. */
@RestControllerAdvice
class ProblemAdvice {

    /** The answer; {@code null} where the client has gone and there is nobody to answer. */
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
