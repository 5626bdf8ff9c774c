package org.openingminute.kit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.testing.StaffIssuer;
import org.slf4j.LoggerFactory;

class StaffTokensTest {

    private static final String PUBLIC = "https://registration.example";
    private static final String ISSUER = "https://id.example";
    private static final String AUDIENCE = "registration";

    private final StaffIssuer issuer = new StaffIssuer();
    private final MovableClock clock = new MovableClock();
    private final StaffTokens ofIssuer =
            StaffTokens.fetchingKeys(StaffTrust.ofIssuer(ISSUER, AUDIENCE, issuer.jwksUri(), "groups"), clock);
    private final StaffTokens ofGateway =
            StaffTokens.fetchingKeys(StaffTrust.ofGateway(PUBLIC, "", issuer.jwksUri()), clock);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        issuer.close();
    }

    @Test
    void issuers_token_is_accepted_for_this_system_alone() {
        assertThat(ofIssuer.verify(issued(claims().audience(AUDIENCE)))).isPresent();
        assertThat(ofIssuer.verify(issued(claims().audience(List.of("account", AUDIENCE)))))
                .isPresent();
        assertThat(ofIssuer.verify(issued(claims().audience("another-client")))).isEmpty();
        assertThat(ofIssuer.verify(issued(claims().audience(PUBLIC)))).isEmpty();
        assertThat(ofIssuer.verify(issued(claims()))).isEmpty();
        assertThat(ofIssuer.verify(issued(claims().audience(List.of())))).isEmpty();
    }

    @Test
    void signature_is_not_verified_again_within_a_minute_but_the_expiry_is() throws Exception {
        JWKSet published = JWKSet.load(URI.create(issuer.jwksUri()).toURL());
        JWKSet forged = new JWKSet(
                new ECKeyGenerator(Curve.P_256).keyID(issuer.keyId()).generate().toPublicJWK());
        AtomicReference<JWKSet> keys = new AtomicReference<>(published);
        StaffTokens tokens = new StaffTokens(
                StaffTrust.ofGateway(PUBLIC, "", issuer.jwksUri()),
                (selector, _) -> selector.select(keys.get()),
                clock);
        String token = issued(claims().issuer(PUBLIC).audience(PUBLIC));
        assertThat(tokens.verify(token)).isPresent();
        keys.set(forged);
        assertThat(tokens.verify(token)).isPresent();
        keys.set(new JWKSet());
        assertThat(tokens.verify(token)).as("its key is withdrawn").isEmpty();

        keys.set(published);
        assertThat(tokens.verify(token)).isPresent();
        clock.advance(Duration.ofDays(1));
        assertThat(tokens.verify(token)).as("it has expired").isEmpty();
    }

    @Test
    void an_issuer_names_the_roles_in_a_claim_of_its_own() {
        assertThat(ofIssuer.verify(issued(claims().audience(AUDIENCE))))
                .map(Caller.Staff::roles)
                .contains(Set.of(Role.OPERATOR));
        assertThat(ofGateway.verify(issued(claims().issuer(PUBLIC).audience(PUBLIC))))
                .map(Caller.Staff::roles)
                .contains(Set.of(Role.ORGANISER));
    }

    @Test
    void a_person_without_a_name_goes_by_the_account() {
        assertThat(ofIssuer.verify(issued(claims().audience(AUDIENCE).claim("name", "Ada Lovelace"))))
                .map(Caller.Staff::person)
                .contains(new Person("olga", "Ada Lovelace"));
        assertThat(ofIssuer.verify(issued(claims().audience(AUDIENCE).claim("name", " "))))
                .map(Caller.Staff::person)
                .contains(new Person("olga", "olga"));
        assertThat(ofIssuer.verify(issued(claims().audience(AUDIENCE).claim("name", List.of("Ada")))))
                .map(Caller.Staff::person)
                .contains(new Person("olga", "olga"));
    }

    /** The gateway signs sessions with the same key; these last for hours and may have been ended. */
    @Test
    void a_session_of_the_gateway_is_no_staff_token() {
        JWTClaimsSet claims = claims().issuer(PUBLIC).audience(PUBLIC).build();

        assertThat(ofGateway.verify(issuer.signed(issuer.keyId(), "JWT", claims)))
                .isPresent();
        assertThat(ofGateway.verify(issuer.signed(issuer.keyId(), "staff-session+jwt", claims)))
                .isEmpty();
    }

    @Test
    void a_name_is_one_line_of_200_characters() {
        assertThat(new Person("olga", " Olga\u0000\n Ladyzhenskaya ").name()).isEqualTo("Olga  Ladyzhenskaya");
        assertThat(new Person("olga", "\uD83D\uDC69".repeat(300)).name()).isEqualTo("\uD83D\uDC69".repeat(200));
        assertThat(new Person("olga", "\u0007").name()).isEqualTo("olga");
    }

    @Test
    void gateways_token_is_for_the_public_url() {
        assertThat(ofGateway.verify(issued(claims().issuer(PUBLIC).audience(PUBLIC))))
                .isPresent();
        assertThat(ofGateway.verify(issued(claims().issuer(PUBLIC).audience("https://other.example"))))
                .isEmpty();
    }

    /** The previous version issues tokens without an audience, and an upgrade replaces one service at a time. */
    @Test
    void gateways_token_without_an_audience_is_still_accepted() {
        assertThat(ofGateway.verify(issued(claims().issuer(PUBLIC)))).isPresent();
    }

    @Test
    void gateways_token_without_an_audience_is_accepted_also_under_another_name() {
        StaffTokens named = StaffTokens.fetchingKeys(StaffTrust.ofGateway(PUBLIC, ISSUER, issuer.jwksUri()), clock);

        assertThat(named.verify(issued(claims()))).isPresent();
        assertThat(named.verify(issued(claims().audience(PUBLIC)))).isPresent();
        assertThat(named.verify(issued(claims().audience("another-client")))).isEmpty();
    }

    @Test
    void token_ends_to_the_second() {
        String token = issued(claims().audience(AUDIENCE)
                .expirationTime(Date.from(clock.instant().plusSeconds(10))));
        clock.advance(Duration.ofSeconds(9));
        assertThat(ofIssuer.verify(token)).isPresent();
        clock.advance(Duration.ofSeconds(2));
        assertThat(ofIssuer.verify(token)).isEmpty();

        assertThat(ofIssuer.verify(issued(claims().audience(AUDIENCE)
                        .notBeforeTime(Date.from(clock.instant().plusSeconds(2))))))
                .isEmpty();
        assertThat(ofIssuer.verify(issued(claims().audience(AUDIENCE).expirationTime(null))))
                .isEmpty();
    }

    @Test
    void hundred_unknown_key_ids_fetch_the_keys_once_in_30_seconds() {
        assertThat(ofIssuer.verify(good())).isPresent();
        assertThat(issuer.fetches()).isEqualTo(1);

        forge(100);
        assertThat(issuer.fetches()).isEqualTo(2);
        clock.advance(Duration.ofSeconds(29));
        forge(10);
        assertThat(issuer.fetches()).isEqualTo(2);
        clock.advance(Duration.ofSeconds(2));
        forge(10);
        assertThat(issuer.fetches()).isEqualTo(3);
        assertThat(ofIssuer.verify(good())).isPresent();
    }

    @Test
    void keys_are_kept_while_the_issuer_is_away() {
        assertThat(ofIssuer.verify(good())).isPresent();
        issuer.away(true);
        forge(1);
        clock.advance(Duration.ofHours(11));
        assertThat(ofIssuer.verify(good())).isPresent();
        clock.advance(Duration.ofHours(2));
        assertUnavailable();

        issuer.away(false);
        clock.advance(Duration.ofSeconds(31));
        assertThat(ofIssuer.verify(good())).isPresent();
    }

    @Test
    void calls_with_a_new_key_wait_for_the_fetch_under_way() {
        assertThat(ofIssuer.verify(good())).isPresent();
        issuer.changeKey();
        issuer.fallSilent();

        List<CompletableFuture<Optional<Caller.Staff>>> calls = atOnce(ofIssuer, 10);
        // The fetch ends after two seconds of silence.
        await().atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> issuer.fetches() == 2);
        issuer.speak();

        assertThat(calls).allSatisfy(call -> assertThat(call.join()).isPresent());
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void kept_keys_are_used_while_the_issuer_is_silent() {
        assertThat(ofIssuer.verify(good())).isPresent();
        clock.advance(Duration.ofMinutes(6));
        issuer.fallSilent();

        assertThat(atOnce(ofIssuer, 10))
                .allSatisfy(call -> assertThat(call.join()).isPresent());
        assertThat(issuer.fetches()).isEqualTo(2);
        issuer.speak();
    }

    @Test
    void keys_that_are_not_there_are_asked_for_once_a_second() {
        issuer.away(true);

        assertThat(atOnce(ofIssuer, 100))
                .allSatisfy(call -> assertThatThrownBy(call::join).hasCauseInstanceOf(Problem.class));
        assertThat(issuer.fetches()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        assertUnavailable();
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void outage_is_told_when_it_begins_and_when_it_ends() {
        Logger logger = (Logger) LoggerFactory.getLogger(IssuerKeys.class);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        logger.addAppender(told);
        try {
            issuer.away(true);
            for (int i = 0; i < 3; i++) {
                assertUnavailable();
                clock.advance(Duration.ofSeconds(1));
            }
            issuer.away(false);
            assertThat(ofIssuer.verify(good())).isPresent();
        } finally {
            logger.detachAppender(told);
        }

        assertThat(told.list)
                .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tuple(
                                Level.WARN,
                                "The keys of staff tokens cannot be fetched (IOException): no staff token is accepted"),
                        tuple(Level.WARN, "The keys of staff tokens can be fetched again"));
    }

    @Test
    void first_keys_are_fetched_as_soon_as_the_issuer_is_back() {
        issuer.away(true);
        for (int i = 0; i < 5; i++) {
            assertUnavailable();
        }
        issuer.away(false);
        clock.advance(Duration.ofSeconds(1));
        assertThat(ofIssuer.verify(good())).isPresent();
    }

    @Test
    void issuer_and_audience_go_together() {
        assertThatThrownBy(() -> StaffTrust.ofIssuer(ISSUER, " ", issuer.jwksUri(), "roles"))
                .hasMessage("OIDC_AUDIENCE is missing: OIDC_ISSUER needs it");
        assertThatThrownBy(() -> StaffTrust.ofIssuer("", AUDIENCE, issuer.jwksUri(), "roles"))
                .hasMessage("OIDC_ISSUER is missing: OIDC_AUDIENCE needs it");
        assertThatThrownBy(() -> StaffTrust.ofIssuer(ISSUER, AUDIENCE, "", "roles"))
                .hasMessage("STAFF_JWKS_URI is missing: OIDC_ISSUER needs it");
    }

    @Test
    void address_of_the_keys_is_a_url() {
        assertThatThrownBy(() -> StaffTrust.ofGateway(PUBLIC, "", "id.example/keys"))
                .hasMessage("STAFF_JWKS_URI is not a web address");
    }

    private List<CompletableFuture<Optional<Caller.Staff>>> atOnce(StaffTokens verifier, int calls) {
        String token = good();
        return Stream.generate(() -> CompletableFuture.supplyAsync(() -> verifier.verify(token), threads))
                .limit(calls)
                .toList();
    }

    private void forge(int tokens) {
        for (int i = 0; i < tokens; i++) {
            assertThat(ofIssuer.verify(issuer.signed(
                            "invented-" + i, claims().audience(AUDIENCE).build())))
                    .isEmpty();
        }
    }

    private void assertUnavailable() {
        assertThatThrownBy(() -> ofIssuer.verify(good()))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.UNAVAILABLE));
    }

    private String good() {
        return issued(claims().audience(AUDIENCE));
    }

    private String issued(JWTClaimsSet.Builder claims) {
        return issuer.signed(issuer.keyId(), claims.build());
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject("olga")
                .claim("roles", List.of("organiser"))
                .claim("groups", "operator")
                .expirationTime(Date.from(clock.instant().plusSeconds(900)));
    }

    private static final class MovableClock extends Clock {

        private volatile Instant now = Instant.parse("2026-05-18T08:00:00Z");

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
