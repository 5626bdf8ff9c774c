package org.openingminute.gateway.request;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/** How large a request's body may be, by who sends it and what for; a file is not even read without a token. */
@Component
public final class BodyLimits {

    /** The upload of a proof, through the API and from the registration's page, and of a bank's file. */
    private static final List<PathPattern> FILES = List.of(
            PathPatternParser.defaultInstance.parse("/desk/*/transfers/file"),
            PathPatternParser.defaultInstance.parse("/api/registrations/*/attendees/*/proof"),
            PathPatternParser.defaultInstance.parse("/registrations/*/attendees/*/proof"));

    private final GatewaySettings.Bodies bodies;
    private final LimitedBody.Pace pace;
    private final BytesInTransit inTransit;
    private final BodyRefusals refusals;

    public BodyLimits(GatewaySettings settings, MeterRegistry meters) {
        bodies = settings.bodies();
        pace = new LimitedBody.Pace(
                settings.budgets().requestBody(),
                bodies.headStart(),
                bodies.perSecond().toBytes());
        inTransit = new BytesInTransit(bodies.inTransit().toBytes());
        refusals = new BodyRefusals(meters);
        Gauge.builder("gateway.bodies.in.transit", inTransit, BytesInTransit::all)
                .baseUnit("bytes")
                .register(meters);
    }

    /** The exchange with its request limited, or a refusal. */
    public Mono<ServerWebExchange> limit(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        if (!LimitedBody.hasBody(request)) {
            return body(request, DataSize.ofBytes(0)).admit(exchange);
        }
        PathContainer path = PathContainer.parsePath(request.getURI().getRawPath());
        boolean file = FILES.stream().anyMatch(one -> one.matches(path));
        if (Credential.of(request).isPresent()) {
            return body(request, file ? bodies.file() : bodies.withToken()).admit(exchange);
        }
        LimitedBody ofStranger = body(request, bodies.withoutToken());
        return file ? ofStranger.refuse(Problem.unauthenticated()) : ofStranger.admit(exchange);
    }

    private LimitedBody body(ServerHttpRequest request, DataSize limit) {
        String address = ClientAddress.of(ClientAddress.connection(request));
        return new LimitedBody(
                request,
                new LimitedBody.Bounds(limit.toBytes(), pace, address, inTransit, refusals),
                Deadline.of(request));
    }
}
