package org.openingminute.gateway.limits;

import java.util.Optional;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Tokens that the gateway itself has signed, so that it can tell at once whether one is good. */
public interface OwnTokens {

    /** What a request is counted by that bears such a token where it is of use; empty if it bears none. */
    Optional<String> countedBy(ServerHttpRequest request);
}
