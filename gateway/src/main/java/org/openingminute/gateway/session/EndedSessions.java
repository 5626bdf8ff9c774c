package org.openingminute.gateway.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.ops.ServiceProbe;
import org.openingminute.gateway.ops.ServiceProbe.Question;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Sessions that were ended before their expiry. registration-service stores them for all gateways and is asked each time, so that a
 * sign-out takes effect everywhere at once. While it is unavailable, each gateway refuses the ended sessions that it knows of, and accepts
 * the others. Thread-safe.
 */
@Component
final class EndedSessions {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final ServiceProbe services;
    private final StaffTokenIssuer tokens;
    private final Duration patience;
    private final Map<UUID, Instant> known = new ConcurrentHashMap<>();

    EndedSessions(ServiceProbe services, StaffTokenIssuer tokens, GatewaySettings settings) {
        this.services = services.withConnections("sessions");
        this.tokens = tokens;
        this.patience = settings.budgets().registration();
    }

    /**
     * Whether a session was ended.
     *
     * @return an error {@code unavailable} if registration-service is reachable but does not answer
     */
    Mono<Boolean> isEnded(StaffSession session) {
        if (known.containsKey(session.id())) {
            return Mono.just(true);
        }
        return services.objectUnlessAway(Service.REGISTRATION, path(session))
                .map(answer -> answer.path("ended").asBoolean(false))
                .defaultIfEmpty(false)
                .doOnNext(ended -> {
                    if (ended) {
                        note(session);
                    }
                });
    }

    /**
     * Ends a session.
     *
     * @return an error {@code unavailable} if the other gateways may not learn of it
     */
    Mono<Void> end(StaffSession session) {
        HttpHeaders headers = new HttpHeaders();
        headers.setBearerAuth(tokens.issue(session.member()).accessToken());
        return services.exchange(new Question(
                        Service.REGISTRATION,
                        HttpMethod.PUT,
                        path(session),
                        headers,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("endsAt", session.lastsUntil().toString()),
                        patience))
                .filter(answer -> answer.status().is2xxSuccessful())
                .switchIfEmpty(Mono.error(() -> Problem.unavailable("You could not be signed out. Please try again.")
                        .retryAfter(RETRY_AFTER)))
                .doOnNext(_ -> note(session))
                .then();
    }

    private void note(StaffSession session) {
        Instant now = tokens.now();
        known.values().removeIf(until -> until.isBefore(now));
        known.put(session.id(), session.lastsUntil());
    }

    private static String path(StaffSession session) {
        return "/internal/staff-sessions/" + session.id();
    }
}
