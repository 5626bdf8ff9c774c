package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import reactor.core.Disposable;

class LocalSignInTest {

    private static final Member ADA = new Member(new Person("ada", "Ada Lovelace"), null, Set.of());
    /** Checking this hash takes some tenths of a second. */
    private static final String SLOW = new Argon2PasswordEncoder(16, 32, 1, 16_384, 10).encode("correct horse battery");

    private final Clock clock = Clock.systemUTC();
    private final GatewaySettings settings = TestSettings.withAccounts("ada|Ada Lovelace||organiser|" + SLOW);
    private final DeviceCookies devices =
            new DeviceCookies(new StaffTokenIssuer(settings, clock), Ids.timeOrdered(), settings);
    private final SignInThrottle throttle = new SignInThrottle(clock, settings);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LocalSignIn local = new LocalSignIn(settings, throttle, devices, meters);

    /** Each attempt comes from its own address, so that the throttle slows none of them down. */
    @Test
    void a_crowd_at_once_does_not_keep_out_a_browser_that_has_signed_in_before() {
        ResponseCookie device = devices.cookie(ADA);
        assertSignsInBesideACrowd(from("203.0.113.7").cookie(new HttpCookie(device.getName(), device.getValue())));
    }

    /** The owner's browser is new and its address has failed twice; the other addresses have failed three times. */
    @Test
    void a_crowd_at_once_does_not_keep_out_an_address_that_has_failed_less() {
        IntStream.range(0, 100).forEach(i -> fail("198.51.100." + i, 3));
        fail("203.0.113.7", 2);
        assertSignsInBesideACrowd(from("203.0.113.7"));
    }

    @Test
    void sign_in_that_has_to_wait_is_counted() {
        IntStream.range(0, 5).forEach(_ -> throttle.begin(new SignInThrottle.Guesser("ada", "203.0.113.7")));
        assertThatThrownBy(() -> local.signIn(
                                "ada",
                                "correct horse battery",
                                from("203.0.113.7").build())
                        .block())
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.RATE_LIMITED));
        assertThat(meters.counter("gateway.sign.ins.refused").count()).isOne();
    }

    private void fail(String address, int times) {
        IntStream.range(0, times).forEach(i -> throttle.begin(new SignInThrottle.Guesser("name-" + i, address)));
    }

    private void assertSignsInBesideACrowd(MockServerHttpRequest.BaseBuilder<?> owner) {
        AtomicInteger answered = new AtomicInteger();
        Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
        List<Disposable> crowd = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            crowd.add(
                    local.signIn("name-" + i, "a guess", from("198.51.100." + i).build())
                            .doFinally(_ -> answered.incrementAndGet())
                            .subscribe(_ -> {}, refused::add));
        }
        try {
            assertThat(refused)
                    .anySatisfy(why -> assertThat(why)
                            .isInstanceOfSatisfying(
                                    Problem.class,
                                    problem -> assertThat(problem.code()).isEqualTo(CommonProblem.UNAVAILABLE)));
            Member signedIn =
                    local.signIn("ada", "correct horse battery", owner.build()).block(Duration.ofSeconds(60));
            assertThat(signedIn).extracting(Member::person).isEqualTo(ADA.person());
            assertThat(answered.get()).as("the attack goes on").isLessThan(100);
        } finally {
            crowd.forEach(Disposable::dispose);
        }
    }

    private static MockServerHttpRequest.BaseBuilder<?> from(String address) {
        return MockServerHttpRequest.post("/sign-in").remoteAddress(new InetSocketAddress(address, 4711));
    }
}
