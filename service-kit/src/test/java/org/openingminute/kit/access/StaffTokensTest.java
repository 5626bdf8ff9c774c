package org.openingminute.kit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.testing.StaffIssuer;

class StaffTokensTest {

    private static final String PUBLIC = "https://registration.example";
    private static final String ISSUER = "https://id.example";
    private static final String AUDIENCE = "registration";

    private final StaffIssuer issuer = new StaffIssuer();
    private final MovableClock clock = new MovableClock();
    private final StaffTokens ofIssuer = StaffTokens.fetchingKeys(
            StaffTrust.ofGateway(PUBLIC, "", issuer.jwksUri()).orIssuer(ISSUER, AUDIENCE), clock);
    private final StaffTokens ofGateway =
            StaffTokens.fetchingKeys(StaffTrust.ofGateway(PUBLIC, "", issuer.jwksUri()), clock);

    @AfterEach
    void stop() {
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
    void gateways_token_is_for_the_public_url() {
        assertThat(ofGateway.verify(issued(claims().issuer(PUBLIC).audience(PUBLIC))))
                .isPresent();
        assertThat(ofGateway.verify(issued(claims().issuer(PUBLIC).audience("https://other.example"))))
                .isEmpty();
    }

    /** As the version before issues them, from which an upgrade goes service by service. */
    @Test
    void gateways_token_without_an_audience_is_still_accepted() {
        assertThat(ofGateway.verify(issued(claims().issuer(PUBLIC)))).isPresent();
    }

    @Test
    void issuer_of_another_name_needs_an_audience() {
        StaffTokens named = StaffTokens.fetchingKeys(StaffTrust.ofGateway(PUBLIC, ISSUER, issuer.jwksUri()), clock);

        assertThat(named.verify(issued(claims()))).isEmpty();
        assertThat(named.verify(issued(claims().audience(PUBLIC)))).isPresent();
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
        assertThat(ofIssuer.verify(good())).isPresent();
    }

    @Test
    void first_keys_are_fetched_as_soon_as_the_issuer_is_back() {
        issuer.away(true);
        for (int i = 0; i < 5; i++) {
            assertUnavailable();
        }
        issuer.away(false);
        assertThat(ofIssuer.verify(good())).isPresent();
    }

    @Test
    void issuer_and_audience_go_together() {
        StaffTrust gateway = StaffTrust.ofGateway(PUBLIC, "", issuer.jwksUri());

        assertThat(gateway.orIssuer("", "")).isEqualTo(gateway);
        assertThatThrownBy(() -> gateway.orIssuer(ISSUER, " "))
                .hasMessage("OIDC_AUDIENCE is missing: OIDC_ISSUER needs it");
        assertThatThrownBy(() -> gateway.orIssuer("", AUDIENCE))
                .hasMessage("OIDC_ISSUER is missing: OIDC_AUDIENCE needs it");
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
                .expirationTime(Date.from(clock.instant().plusSeconds(900)));
    }

    private static final class MovableClock extends Clock {

        private Instant now = Instant.parse("2026-05-18T08:00:00Z");

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
