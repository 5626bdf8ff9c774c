package org.openingminute.registration.admission;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.decision.Result;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/** Turns a batch's result into an HTTP response. */
public final class Replies {

    private Replies() {}

    /** The first response to this request, however often it is repeated. */
    public static ResponseEntity<String> of(Result.Done done) {
        return ResponseEntity.status(status(done.how()))
                .contentType(MediaType.APPLICATION_JSON)
                .body(done.body());
    }

    /**
     * The response to a command that is answered by its batch, with no thread that waits for it. Without a result in 8 s it is
     * {@code unavailable}. A client that is gone by then cancels the command.
     *
     * @param response makes the response, on a thread of its own
     */
    public static DeferredResult<ResponseEntity<String>> later(
            CompletableFuture<Result> answer, Function<Result.Done, ResponseEntity<String>> response) {
        DeferredResult<ResponseEntity<String>> later =
                new DeferredResult<>(Admissions.LONGEST_WAIT.toMillis(), Problem::unavailable);
        later.onCompletion(() -> answer.cancel(false));
        var _ = answer.handleAsync(
                (result, failure) -> complete(later, result, failure, response), Thread::startVirtualThread);
        return later;
    }

    /** Not by the batch's thread, which has the next batch to run. */
    private static boolean complete(
            DeferredResult<ResponseEntity<String>> later,
            @Nullable Result result,
            @Nullable Throwable failure,
            Function<Result.Done, ResponseEntity<String>> response) {
        if (failure != null) {
            return later.setErrorResult(failure);
        }
        try {
            return switch (result) {
                case Result.Done done -> later.setResult(response.apply(done));
                case Result.Refused(Problem problem) -> later.setErrorResult(problem);
                case null, default -> throw new IllegalStateException("no reply to a request");
            };
        } catch (RuntimeException e) {
            return later.setErrorResult(e);
        }
    }

    /** The HTTP status of a result; first answers are stored with it. */
    public static int status(Result.How how) {
        return switch (how) {
            case CREATED -> 201;
            case CHANGED -> 200;
            case ACCEPTED -> 202;
        };
    }

    /** @param status the stored status */
    static Result.How how(int status) {
        return Arrays.stream(Result.How.values())
                .filter(how -> status(how) == status)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no answer has the status " + status));
    }
}
