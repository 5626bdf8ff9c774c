package org.openingminute.gateway.edge;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.observation.TraceParent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes one line for each request. A line has the route instead of the path, because a path may contain an address or a session, and the
 * id of the registration, if there is one. It contains no personal data.
 */
@Component
class AccessLog {

    private static final Logger log = LoggerFactory.getLogger("access");
    private static final Pattern REGISTRATION = Pattern.compile(
            "/(?:registrations|payments)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:/|$)");

    /** Writes the line once the response has ended, or the client has disconnected before its end. */
    void write(ServerWebExchange exchange, String requestId, Duration took, boolean whole) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        LoggingEventBuilder line = line(exchange.getRequest(), routeOf(exchange), status, took)
                .addKeyValue("requestId", requestId)
                .addKeyValue("traceId", TraceParent.traceId(exchange));
        Matcher about = REGISTRATION.matcher(exchange.getRequest().getURI().getPath());
        if (about.find()) {
            line = line.addKeyValue("registrationId", about.group(1));
        }
        write(line, whole);
    }

    static LoggingEventBuilder line(
            ServerHttpRequest request, String route, @Nullable HttpStatusCode status, Duration took) {
        return log.atInfo()
                .addKeyValue("method", request.getMethod().name())
                .addKeyValue("route", route)
                .addKeyValue("status", status == null ? 0 : status.value())
                .addKeyValue("ms", took.toMillis());
    }

    static void write(LoggingEventBuilder line, boolean whole) {
        line.log(whole ? "answered" : "cut off");
    }

    private static String routeOf(ServerWebExchange exchange) {
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route != null) {
            return route.getId();
        }
        Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? "none" : pattern.toString();
    }
}
