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

/** Limits the size of request bodies by the caller and the call. An upload without a token is refused before its body is read. */
@Component
public final class BodyLimits {

    /** The calls that upload a file: proofs, through the API and from the registration's page, and bank statements. */
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

    /** The exchange with a limited request, or a refusal. */
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
        return file || isForStaff(request) ? ofStranger.refuse(Problem.unauthenticated()) : ofStranger.admit(exchange);
    }

    /**
     * Whether the request comes from a page for staff. Staff may send larger bodies once they are signed in, so a large form without a
     * session is refused with that reason.
     */
    private boolean isForStaff(ServerHttpRequest request) {
        return StaffPaths.isAny(request.getURI().getRawPath())
                && request.getHeaders().getContentLength()
                        > bodies.withoutToken().toBytes();
    }

    private LimitedBody body(ServerHttpRequest request, DataSize limit) {
        String address = ClientAddress.of(ClientAddress.connection(request));
        return new LimitedBody(
                request,
                new LimitedBody.Bounds(limit.toBytes(), pace, address, inTransit, refusals),
                Deadline.of(request));
    }
}
