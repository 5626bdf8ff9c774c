package org.openingminute.gateway.problem;

import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;

/** Creates responses that are the same for everyone, in the form of the contract: public and with an {@code ETag}. */
public final class PublicAnswer {

    private PublicAnswer() {}

    /**
     * Creates a response.
     *
     * @param kept how long the response may be used without asking; if zero, it is revalidated each time
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
