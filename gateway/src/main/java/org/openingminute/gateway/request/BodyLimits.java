package org.openingminute.gateway.request;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/** How large a request's body may be, by who sends it and what for; a file is not even read without a token. */
@Component
public final class BodyLimits {

    private static final long KIBIBYTE = 1024;
    private static final long OF_STRANGERS = 256 * KIBIBYTE;
    private static final long WITH_TOKEN = 1024 * KIBIBYTE;
    private static final long OF_FILES = 6 * 1024 * KIBIBYTE;
    /** The upload of a proof, through the API and from the registration's page, and of a bank's file. */
    private static final List<PathPattern> FILES = List.of(
            PathPatternParser.defaultInstance.parse("/desk/*/transfers/file"),
            PathPatternParser.defaultInstance.parse("/api/registrations/*/attendees/*/proof"),
            PathPatternParser.defaultInstance.parse("/registrations/*/attendees/*/proof"));

    private final Duration patience;
    private final BytesInTransit inTransit = new BytesInTransit();

    public BodyLimits(GatewaySettings settings, MeterRegistry meters) {
        patience = settings.budgets().requestBody();
        Gauge.builder("gateway.bodies.in.transit", inTransit, BytesInTransit::all)
                .baseUnit("bytes")
                .register(meters);
    }

    /** The exchange with its request limited, or a refusal. */
    public Mono<ServerWebExchange> limit(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        if (!LimitedBody.hasBody(request)) {
            return body(request, 0).admit(exchange);
        }
        PathContainer path = PathContainer.parsePath(request.getURI().getRawPath());
        boolean file = FILES.stream().anyMatch(one -> one.matches(path));
        if (Credential.of(request).isPresent()) {
            return body(request, file ? OF_FILES : WITH_TOKEN).admit(exchange);
        }
        LimitedBody ofStranger = body(request, OF_STRANGERS);
        return file ? ofStranger.refuse(Problem.unauthenticated()) : ofStranger.admit(exchange);
    }

    private LimitedBody body(ServerHttpRequest request, long limit) {
        String address = ClientAddress.of(ClientAddress.connection(request));
        return new LimitedBody(
                request, new LimitedBody.Bounds(limit, patience, address, inTransit), Deadline.of(request));
    }
}
