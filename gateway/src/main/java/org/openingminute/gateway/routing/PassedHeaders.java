package org.openingminute.gateway.routing;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.problem.ChosenLanguage;
import org.openingminute.gateway.problem.RehearsalClock;
import org.openingminute.gateway.request.StaffPaths;
import org.openingminute.ui.BusinessTime;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * The headers that a service sees of a client's, and a client of a service's: one pass over them each way, from one connection's to
 * the other's.
 */
@Component
final class PassedHeaders {

    /** The only headers of a client that a service sees. */
    private static final Set<String> OF_REQUESTS = names(List.of(
            "Accept",
            "Accept-Language",
            "Authorization",
            "Content-Type",
            "Content-Length",
            "Cookie",
            "HX-Request",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Last-Event-ID",
            "Origin",
            "Referer",
            "Admission-Token",
            "Mailbox-Token",
            "User-Agent",
            "Sandbox-Signature",
            "Stripe-Signature"));

    /** What is about one connection alone, what the edge sets itself, and what reveals internals. */
    private static final Set<String> NOT_OF_RESPONSES = names(List.of(
            "Connection",
            "Keep-Alive",
            "Proxy-Authenticate",
            "Proxy-Connection",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            EdgeFilter.REQUEST_ID,
            "Server",
            "X-Application-Context",
            "X-Powered-By",
            "traceparent"));

    private final String scheme;
    private final String host;
    private final RehearsalClock rehearsal;

    PassedHeaders(GatewaySettings settings, RehearsalClock rehearsal) {
        this.rehearsal = rehearsal;
        URI publicUrl = URI.create(settings.publicUrl());
        scheme = publicUrl.getScheme();
        host = publicUrl.getAuthority();
    }

    private static Set<String> names(Collection<String> names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(names);
        return set;
    }

    /**
     * Passes the allowed headers on, and adds the request's id, the client's address, the gateway's public name and a rehearsal's
     * time. A language that the reader has chosen replaces the browser's. What the client's {@code Connection} names is not asked,
     * because none of the allowed is about one connection alone: it must not take off the length of a body.
     *
     * @param call has the client library's own headers, which give way
     */
    void toService(HttpHeaders request, ServerWebExchange exchange, HttpHeaders call) {
        for (CharSequence own : List.of(HttpHeaderNames.ACCEPT, HttpHeaderNames.USER_AGENT)) {
            if (request.contains(own)) {
                call.remove(own);
            }
        }
        Iterator<Map.Entry<CharSequence, CharSequence>> all = request.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            String name = header.getKey().toString();
            if (OF_REQUESTS.contains(name)) {
                call.add(header.getKey(), header.getValue());
            }
        }
        // No cache keeps a page for staff: its service compresses it where it sees that the client accepts it. Another
        // site must not learn what stands on it by how well it compresses with a text of its own.
        if (StaffPaths.isOfConferences(exchange.getRequest().getURI().getRawPath())
                && !"cross-site".equals(request.get("Sec-Fetch-Site"))) {
            call.set(HttpHeaderNames.ACCEPT_ENCODING, request.getAll(HttpHeaderNames.ACCEPT_ENCODING));
        }
        ChosenLanguage.of(request.getAll(HttpHeaderNames.COOKIE))
                .ifPresent(language -> call.set(HttpHeaderNames.ACCEPT_LANGUAGE, language.getLanguage()));
        if (call.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            call.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        call.set(EdgeFilter.REQUEST_ID, EdgeFilter.requestId(exchange));
        InetSocketAddress client = exchange.getRequest().getRemoteAddress();
        if (client != null && client.getAddress() != null) {
            call.set("X-Forwarded-For", client.getAddress().getHostAddress());
        }
        call.set("X-Forwarded-Proto", scheme);
        call.set("X-Forwarded-Host", host);
        rehearsal.minute().ifPresent(now -> call.set(BusinessTime.HEADER, now.toString()));
    }

    void toClient(HttpHeaders answer, HttpHeaders response) {
        Set<String> named = namedByConnection(answer);
        Iterator<Map.Entry<CharSequence, CharSequence>> all = answer.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            String name = header.getKey().toString();
            if (!NOT_OF_RESPONSES.contains(name) && !named.contains(name)) {
                response.add(header.getKey(), header.getValue());
            }
        }
    }

    /** The headers that an answer says are about its connection alone; hardly any names one. */
    private static Set<String> namedByConnection(HttpHeaders answer) {
        List<String> values = answer.getAll(HttpHeaderNames.CONNECTION);
        if (values.stream().allMatch(PassedHeaders::namesNone)) {
            return Set.of();
        }
        return names(values.stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .toList());
    }

    private static boolean namesNone(String connection) {
        return HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(connection)
                || HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(connection);
    }
}
