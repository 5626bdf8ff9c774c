package org.openingminute.gateway.staff;

import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.OriginCheck;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.StaffTokens;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Authenticates staff as services do: by the gateway's own token, for which the {@code CredentialExchange} has replaced other credentials.
 */
@Component
public class StaffAccess {

    private static final String BEARER = "Bearer ";
    private static final String COOKIE = "staff";

    private final OriginCheck origins;
    private final StaffTokens tokens;

    StaffAccess(GatewaySettings settings, StaffTokenIssuer issuer, Clock clock) {
        origins = new OriginCheck(settings.publicUrl());
        tokens = StaffTokens.of(settings.staffTrust(), issuer.published(), clock);
    }

    /**
     * Returns the member of staff of a request, with the roles that grant a permission in any scope.
     *
     * @return an error {@code unauthenticated} without a valid token; {@code forbidden} without the permission, which registrants never
     *     have, and for a write by cookie from a page of another site
     */
    public Mono<Caller.Staff> require(Permission permission, ServerHttpRequest request) {
        return Mono.fromSupplier(() -> identify(permission, request).with(permission));
    }

    /**
     * Returns the member of staff with all roles, whether or not one of them grants the permission. A registrant is refused with the
     * permission's sentence.
     */
    Caller.Staff identify(Permission permission, ServerHttpRequest request) {
        String token = tokenOf(request).orElseThrow(Problem::unauthenticated);
        // A registrant's access token. Only services have the keys to verify it.
        if (AccessTokens.isOfTheirForm(token)) {
            throw new Problem(CommonProblem.FORBIDDEN, permission.sentence());
        }
        return tokens.verify(token).orElseThrow(Problem::unauthenticated);
    }

    private Optional<String> tokenOf(ServerHttpRequest request) {
        @Nullable String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? Optional.of(header.substring(BEARER.length()).strip())
                    : Optional.empty();
        }
        @Nullable HttpCookie cookie = request.getCookies().getFirst(COOKIE);
        if (cookie == null) {
            return Optional.empty();
        }
        origins.requireOwn(request);
        return Optional.of(cookie.getValue());
    }
}
