package org.openingminute.gateway.limits;

import java.util.Optional;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Recognises tokens that the gateway itself signed, whose validity it can check at once. */
public interface OwnTokens {

    /** The key by which a request with such a token is counted, if the token is useful for that call; empty otherwise. */
    Optional<String> countedBy(ServerHttpRequest request);
}
