package org.openingminute.gateway.staff;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.problem.PublicAnswer;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Sign-in of the built-in accounts, and the keys with which services verify their tokens. */
@RestController
class SessionController {

    private static final int LONGEST = 200;

    private final StaffAccess access;
    private final SignInThrottle throttle;
    private final JsonMapper json;

    SessionController(StaffAccess access, SignInThrottle throttle, JsonMapper json) {
        this.access = access;
        this.throttle = throttle;
        this.json = json;
    }

    record Credentials(@Nullable String username, @Nullable String password) {}

    @PostMapping(path = "/api/session", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<StaffTokenIssuer.Issued> signIn(@RequestBody Credentials credentials, ServerHttpRequest request) {
        StaffAccess.BuiltIn builtIn = access.builtIn().orElseThrow(Problem::notFound);
        String username = required("username", credentials.username());
        String password = required("password", credentials.password());
        String account = Accounts.exists(username) ? username : "none";
        String address = addressOf(request);
        if (!throttle.mayAttempt(account, address)) {
            throw new Problem(CommonProblem.RATE_LIMITED, "Too many failed attempts. Please wait a second.")
                    .retryAfter(Duration.ofSeconds(1));
        }
        Optional<Role> role = builtIn.accounts().signIn(username, password);
        if (role.isEmpty()) {
            throttle.failed(account, address);
            throw new Problem(CommonProblem.UNAUTHENTICATED, "The username or password is wrong.");
        }
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(builtIn.tokens().issue(role.get()));
    }

    @GetMapping("/.well-known/jwks.json")
    ResponseEntity<byte[]> keys() {
        Map<String, Object> keys =
                access.builtIn().orElseThrow(Problem::notFound).publicKeys();
        return PublicAnswer.of(MediaType.APPLICATION_JSON, json.writeValueAsBytes(keys), Duration.ofMinutes(5));
    }

    private static String required(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw Problem.invalid(field, "required", "is required");
        }
        if (value.length() > LONGEST) {
            throw Problem.invalid(field, "too-long", "has more than {} characters", LONGEST);
        }
        if (JsonFields.unwritable(value, false)) {
            throw Problem.invalid(field, "control-characters", "has control characters");
        }
        return value;
    }

    private static String addressOf(ServerHttpRequest request) {
        InetSocketAddress client = request.getRemoteAddress();
        return client == null || client.getAddress() == null
                ? ""
                : client.getAddress().getHostAddress();
    }
}
