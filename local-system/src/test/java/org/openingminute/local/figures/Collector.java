package org.openingminute.local.figures;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;

/** As much of an OpenTelemetry collector as a test needs: takes spans over HTTP and keeps them. Safe for all threads. */
final class Collector implements AutoCloseable {

    private final HttpServer server;
    private final ConcurrentLinkedQueue<Spanned> spans = new ConcurrentLinkedQueue<>();

    Collector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    /**
     * A span as it came.
     *
     * @param parent the id of the span it came of, empty for a trace's first
     * @param begin in nanoseconds since 1970, as is {@code end}
     */
    record Spanned(
            String service,
            String trace,
            String id,
            String parent,
            String name,
            long begin,
            long end,
            Map<String, String> attributes) {}

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    /** All that came of a trace, by their begins. */
    Trace trace(String id) {
        return new Trace(spans.stream()
                .filter(span -> span.trace().equals(id))
                .sorted(Comparator.comparingLong(Spanned::begin))
                .toList());
    }

    List<Spanned> all() {
        return List.copyOf(spans);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            InputStream body = exchange.getRequestBody();
            boolean isPacked =
                    "gzip".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            ExportTraceServiceRequest request =
                    ExportTraceServiceRequest.parseFrom(isPacked ? new GZIPInputStream(body) : body);
            for (ResourceSpans ofService : request.getResourceSpansList()) {
                String service = nameOf(ofService.getResource());
                for (ScopeSpans ofScope : ofService.getScopeSpansList()) {
                    ofScope.getSpansList().forEach(span -> spans.add(spanned(service, span)));
                }
            }
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static String nameOf(Resource resource) {
        return resource.getAttributesList().stream()
                .filter(one -> one.getKey().equals("service.name"))
                .map(one -> one.getValue().getStringValue())
                .findFirst()
                .orElse("");
    }

    private static Spanned spanned(String service, Span span) {
        Map<String, String> attributes = new LinkedHashMap<>();
        span.getAttributesList()
                .forEach(one -> attributes.put(one.getKey(), one.getValue().getStringValue()));
        return new Spanned(
                service,
                HexFormat.of().formatHex(span.getTraceId().toByteArray()),
                HexFormat.of().formatHex(span.getSpanId().toByteArray()),
                HexFormat.of().formatHex(span.getParentSpanId().toByteArray()),
                span.getName(),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                attributes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
