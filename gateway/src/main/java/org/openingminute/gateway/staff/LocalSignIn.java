package org.openingminute.gateway.staff;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.staff.SignInThrottle.Guesser;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Sign-in to local accounts by name and password. Browsers that have signed in to the account before go first, then clients with the fewest
 * failures, so that a crowd that guesses passwords does not keep staff out. Thread-safe.
 */
@Component
public final class LocalSignIn {

    private static final Duration BUSY = Duration.ofSeconds(2);
    private static final int PREFIX_BYTES = 8;

    private final boolean open;
    private final Accounts accounts;
    private final SignInThrottle throttle;
    private final DeviceCookies devices;
    private final PasswordQueue passwords = new PasswordQueue();
    private final Counter refused;

    LocalSignIn(GatewaySettings settings, SignInThrottle throttle, DeviceCookies devices, MeterRegistry meters) {
        this.open = !settings.staff().hasOidcIssuer();
        this.accounts = new Accounts(settings.staff());
        this.throttle = throttle;
        this.devices = devices;
        this.refused = Counter.builder("gateway.sign.ins.refused").register(meters);
    }

    /** Whether local accounts can be used; not if an OpenID Connect issuer is configured. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Verifies a name and a password.
     *
     * @return the member, or an error: {@code invalid} for a missing or too long value, {@code rate-limited} after several failures,
     *     {@code unauthenticated} for a wrong name or password, {@code unavailable} while too many others wait
     */
    public Mono<Member> signIn(@Nullable String username, @Nullable String password, ServerHttpRequest request) {
        return Mono.defer(() -> {
            String name = required("username", username);
            String secret = required("password", password);
            Optional<String> device = devices.device(name, request);
            String place = device.orElseGet(() -> addressOf(request));
            Guesser guesser = new Guesser(name, place);
            Optional<Duration> wait = throttle.begin(guesser);
            if (wait.isPresent()) {
                refused.increment();
                throw new Problem(
                                CommonProblem.RATE_LIMITED,
                                "There were too many failed attempts. Please wait a moment.")
                        .retryAfter(wait.get());
            }
            int failures = device.isPresent() ? 0 : throttle.failures(guesser);
            return passwords
                    .compare(failures, () -> accounts.signIn(name, secret))
                    .onErrorMap(RejectedExecutionException.class, _ -> {
                        throttle.takeBack(guesser);
                        return Problem.unavailable("Many people are signing in right now. Please try again.")
                                .retryAfter(BUSY);
                    })
                    .map(found -> found.orElseThrow(
                            () -> new Problem(CommonProblem.UNAUTHENTICATED, "The username or password is wrong.")))
                    .doOnNext(_ -> throttle.succeeded(guesser));
        });
    }

    /**
     * The present state of a member who signed in before; empty if the account no longer exists. Members of an OpenID Connect issuer stay
     * as the issuer described them.
     */
    public Optional<Member> now(Member before) {
        return open ? accounts.member(before.person().subject()) : Optional.of(before);
    }

    private static String required(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw Problem.invalid(field, "required", "is required");
        }
        if (value.length() > PasswordHashes.LONGEST) {
            throw Problem.invalid(field, "too-long", "has more than {} characters", PasswordHashes.LONGEST);
        }
        if (JsonFields.unwritable(value, false)) {
            throw Problem.invalid(field, "control-characters", "has control characters");
        }
        return value;
    }

    /** The IPv4 address, or the first half of the IPv6 address, which one client has as a whole. */
    private static String addressOf(ServerHttpRequest request) {
        @Nullable InetSocketAddress client = request.getRemoteAddress();
        if (client == null || client.getAddress() == null) {
            return "";
        }
        InetAddress address = client.getAddress();
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), PREFIX_BYTES))
                : address.getHostAddress();
    }
}
