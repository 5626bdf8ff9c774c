package org.openingminute.gateway.problem;

import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;

/** Answers that are the same for everyone, in the form that the contract gives them: with an {@code ETag}, and public. */
public final class PublicAnswer {

    private PublicAnswer() {}

    /**
     * Makes such an answer.
     *
     * @param kept how long it may be used without asking; at zero it is asked for each time, and sent only if it changed
     */
    public static ResponseEntity<byte[]> of(MediaType type, byte[] body, Duration kept) {
        CacheControl keeping = kept.isZero() ? CacheControl.noCache() : CacheControl.maxAge(kept);
        return ResponseEntity.ok()
                .contentType(type)
                .cacheControl(keeping.cachePublic())
                .eTag(DigestUtils.md5DigestAsHex(body))
                .body(body);
    }
}
