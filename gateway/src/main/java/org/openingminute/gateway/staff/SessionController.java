package org.openingminute.gateway.staff;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.problem.PublicAnswer;
import org.openingminute.kit.access.OriginCheck;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Sign-in of programs with local accounts, and the public keys by which services verify staff tokens. */
@RestController
class SessionController {

    private final StaffTokenIssuer tokens;
    private final LocalSignIn local;
    private final OriginCheck origins;
    private final JsonMapper json;

    SessionController(StaffTokenIssuer tokens, LocalSignIn local, GatewaySettings settings, JsonMapper json) {
        this.tokens = tokens;
        this.local = local;
        this.origins = new OriginCheck(settings.publicUrl());
        this.json = json;
    }

    record Credentials(@Nullable String username, @Nullable String password) {}

    @PostMapping(path = "/api/session", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<StaffTokenIssuer.Issued>> signIn(
            @RequestBody Credentials credentials, ServerHttpRequest request) {
        if (!local.isOpen()) {
            throw Problem.notFound();
        }
        origins.refuseForeign(request);
        return local.signIn(credentials.username(), credentials.password(), request)
                .map(member ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(tokens.issue(member)));
    }

    @GetMapping("/.well-known/jwks.json")
    ResponseEntity<byte[]> keys() {
        return PublicAnswer.of(
                MediaType.APPLICATION_JSON,
                json.writeValueAsBytes(tokens.published().toJSONObject()),
                Duration.ofMinutes(5));
    }
}
