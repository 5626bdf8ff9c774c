package org.openingminute.gateway.observation;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;

/**
 * The trace of a caller, from W3C Trace Context's header {@code traceparent}. Immutable.
 *
 * @param traceId 32 hexadecimal digits
 */
public record TraceParent(String traceId, boolean isSampled) {

    static final String HEADER = "traceparent";

    private static final String ATTRIBUTE = TraceParent.class.getName();
    private static final Pattern FORM = Pattern.compile(
            "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]([0-9a-f])(?:-.*)?");
    private static final String ODD = "13579bdf";

    static Optional<TraceParent> of(ServerHttpRequest request) {
        @Nullable String header = request.getHeaders().getFirst(HEADER);
        if (header == null) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(header);
        return parts.matches()
                ? Optional.of(new TraceParent(parts.group(1), ODD.contains(parts.group(2))))
                : Optional.empty();
    }

    /** The trace id of an exchange: that of its span, that of its caller, or a new one. */
    public static String traceId(ServerWebExchange exchange) {
        return ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .flatMap(context -> Optional.ofNullable(context.<TracingContext>get(TracingContext.class)))
                .flatMap(tracing -> Optional.ofNullable(tracing.getSpan()))
                .map(Span::context)
                .map(context -> context.traceId())
                .orElseGet(() -> (String)
                        exchange.getAttributes().computeIfAbsent(ATTRIBUTE, _ -> traceId(exchange.getRequest())));
    }

    /** The trace id of a request that is not observed: that of its caller, or a new one. */
    public static String traceId(ServerHttpRequest request) {
        return of(request).map(TraceParent::traceId).orElseGet(() -> digits() + digits());
    }

    /** The header that propagates the trace of an exchange that is not sampled. */
    static String unsampled(ServerWebExchange exchange) {
        return "00-" + traceId(exchange) + "-" + digits() + "-00";
    }

    /** Sixteen random hexadecimal digits, not all zero. */
    private static String digits() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
    }
}
