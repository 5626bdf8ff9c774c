package org.openingminute.gateway.routing;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.edge.Deadline;
import org.openingminute.gateway.edge.LimitedBody;
import org.openingminute.gateway.observation.CallSpans;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Sends a request to the instance of a service whose turn it is, and the answer to the client. Path, query and bodies go as they
 * are: what is decoded and encoded again is another where a value holds an equals sign.
 */
@Component
final class ServiceCalls {

    private static final String EVENTS = "text/event-stream";
    /** Longer than the second after which the kernel asks again for a connection that got no answer. */
    private static final int CONNECT_MILLIS = 2_500;

    private final HttpClient client;
    private final Instances instances;
    private final PassedHeaders headers;
    private final CallSpans spans;

    ServiceCalls(Instances instances, PassedHeaders headers, CallSpans spans) {
        // The library's own retry repeats any method: only UpstreamFilter decides on repeats.
        this.client = HttpClient.create(new ThreadConnections())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .disableRetry(true);
        this.instances = instances;
        this.headers = headers;
        this.spans = spans;
    }

    /** The head of a service's answer; what follows it on the connection is relayed, or the connection is dropped. */
    record Answer(HttpClientResponse head, Connection connection) {

        int status() {
            return head.status().code();
        }

        boolean has(CharSequence header) {
            return head.responseHeaders().contains(header);
        }

        boolean isOfType(String mediaType) {
            @Nullable String type = head.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE);
            return type != null && type.toLowerCase(Locale.ROOT).startsWith(mediaType);
        }

        void drop() {
            connection.dispose();
        }
    }

    /** Calls the service once. */
    Mono<Answer> call(Service service, ServerWebExchange exchange) {
        return spans.within(exchange, trace -> {
            ServerHttpRequest request = exchange.getRequest();
            HttpHeaders requested = ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(request)
                    .requestHeaders();
            URI instance = instances.next(service);
            return client.request(HttpMethod.valueOf(request.getMethod().name()))
                    .uri(at(instance, request.getURI()))
                    .send((call, outbound) -> {
                        headers.toService(requested, exchange, call.requestHeaders());
                        trace.forEach((name, values) -> call.requestHeaders().set(name, values));
                        return LimitedBody.of(exchange).hasBody()
                                ? outbound.send(request.getBody().map(NettyDataBufferFactory::toByteBuf))
                                : outbound;
                    })
                    .responseConnection((head, connection) -> {
                        exchange.getResponse()
                                .setStatusCode(
                                        HttpStatusCode.valueOf(head.status().code()));
                        return Mono.just(new Answer(head, connection));
                    })
                    .single()
                    .doOnError(Outage::isNoConnection, e -> instances.unreachable(service, instance));
        });
    }

    private static String at(URI instance, URI requested) {
        String query = requested.getRawQuery();
        return instance.getScheme() + "://" + instance.getAuthority() + requested.getRawPath()
                + (query == null ? "" : "?" + query);
    }

    /**
     * Sends the answer to the client, piece by piece.
     *
     * @param gap between two pieces, at most; events may be silent for longer
     */
    Mono<Void> relay(Answer answer, ServerWebExchange exchange, Duration gap) {
        ServerHttpResponse response = exchange.getResponse();
        headers.toClient(
                answer.head().responseHeaders(),
                ServerHttpResponseDecorator.<HttpServerResponse>getNativeResponse(response)
                        .responseHeaders());
        NettyDataBufferFactory buffers = (NettyDataBufferFactory) response.bufferFactory();
        Flux<DataBuffer> body = answer.connection().inbound().receive().retain().map(buffers::wrap);
        Deadline deadline = LimitedBody.of(exchange).deadline();
        Mono<Void> written;
        if (answer.isOfType(EVENTS)) {
            deadline.cancel();
            written = response.writeAndFlushWith(body.map(Mono::just));
        } else {
            deadline.in(gap);
            written = response.writeWith(body.doOnNext(_ -> deadline.in(gap))
                    .takeUntilOther(deadline.passed().then(Mono.error(TimeoutException::new))));
        }
        return written.doOnError(e -> answer.drop()).doOnCancel(answer::drop);
    }
}
