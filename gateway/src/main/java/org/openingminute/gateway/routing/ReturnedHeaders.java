package org.openingminute.gateway.routing;

import java.util.List;
import org.openingminute.gateway.edge.EdgeFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Drops from a service's response the headers that the edge sets itself, and those that reveal internals. */
@Component
class ReturnedHeaders implements HttpHeadersFilter {

    private static final List<String> DROPPED = List.of(EdgeFilter.REQUEST_ID, "Server", "X-Powered-By", "traceparent");

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(input);
        DROPPED.forEach(headers::remove);
        return headers;
    }
}
