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
 * Signs in to local accounts, by name and password. Browsers that have signed in to the account before go first, and then whoever has
 * failed least, so that a crowd that guesses does not keep the staff out.
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

    /** Whether there are local accounts: not with an OpenID Connect issuer. */
    public boolean isOpen() {
        return open;
    }

    /**
     * The member with that name and password.
     *
     * @return an error {@code invalid} for a missing or too long one, {@code rate-limited} after several failures,
     *     {@code unauthenticated} for a wrong one, {@code unavailable} while too many others wait
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
     * Who signed in before, as the account stands now; empty if it is gone. Whoever came by an OpenID Connect issuer stays as that
     * issuer said.
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

    /** An IPv4 address, or the first half of an IPv6 one, all of which one client has. */
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
