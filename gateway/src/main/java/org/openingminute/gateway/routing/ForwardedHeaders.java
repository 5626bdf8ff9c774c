package org.openingminute.gateway.routing;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.edge.EdgeFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * The client's headers that a service sees: only the allowed ones, and with them the request's id, the client's address
 * and the gateway's public name.
 */
@Component
class ForwardedHeaders implements HttpHeadersFilter, Ordered {

    private static final List<String> PASSED = List.of(
            HttpHeaders.ACCEPT,
            HttpHeaders.ACCEPT_LANGUAGE,
            HttpHeaders.AUTHORIZATION,
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.CONTENT_LENGTH,
            HttpHeaders.COOKIE,
            "Idempotency-Key",
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_NONE_MATCH,
            "Last-Event-ID",
            HttpHeaders.ORIGIN,
            HttpHeaders.REFERER,
            "Admission-Token",
            HttpHeaders.USER_AGENT,
            "Sandbox-Signature",
            "Stripe-Signature");

    /**
     * Runs after the library's filters: one drops every X-Forwarded header, and the last, which has no order, adds {@code
     * traceparent}.
     */
    private static final int AFTER_THOSE_OF_THE_LIBRARY = 10_000;

    private final URI publicUrl;

    ForwardedHeaders(GatewaySettings settings) {
        publicUrl = URI.create(settings.publicUrl());
    }

    @Override
    public int getOrder() {
        return AFTER_THOSE_OF_THE_LIBRARY;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpHeaders headers = new HttpHeaders();
        for (String name : PASSED) {
            List<String> values = input.get(name);
            if (values != null) {
                headers.addAll(name, values);
            }
        }
        headers.set(EdgeFilter.REQUEST_ID, EdgeFilter.requestId(exchange));
        InetSocketAddress client = exchange.getRequest().getRemoteAddress();
        if (client != null && client.getAddress() != null) {
            headers.set("X-Forwarded-For", client.getAddress().getHostAddress());
        }
        headers.set("X-Forwarded-Proto", publicUrl.getScheme());
        headers.set("X-Forwarded-Host", publicUrl.getAuthority());
        return headers;
    }
}
