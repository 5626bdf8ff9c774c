package org.openingminute.registration.admission;

import org.openingminute.registration.decision.Answer;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** What a batch decided, as the HTTP answer that it is. */
public final class Replies {

    private Replies() {}

    /** The first answer to this request, however often it is asked. */
    public static ResponseEntity<String> of(Answer.Done done) {
        return ResponseEntity.status(done.status())
                .contentType(MediaType.APPLICATION_JSON)
                .body(done.body());
    }
}
