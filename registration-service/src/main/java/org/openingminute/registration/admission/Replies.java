package org.openingminute.registration.admission;

import java.util.Arrays;
import org.openingminute.registration.decision.Result;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Turns a batch's result into an HTTP response. */
public final class Replies {

    private Replies() {}

    /** Returns the first reply to a request, however often the request is repeated. */
    public static ResponseEntity<String> of(Result.Done done) {
        return ResponseEntity.status(status(done.how()))
                .contentType(MediaType.APPLICATION_JSON)
                .body(done.body());
    }

    /** Returns the HTTP status of a result; first replies are stored with it. */
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
