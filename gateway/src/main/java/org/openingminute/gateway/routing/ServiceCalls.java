package org.openingminute.gateway.routing;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.observation.CallSpans;
import org.openingminute.gateway.request.ConnectionThread;
import org.openingminute.gateway.request.Deadline;
import org.openingminute.gateway.request.LimitedBody;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Sends a request to the next instance of a service, and the answer to the client. Path, query and bodies are passed on unchanged: decoding
 * and encoding a value that contains an equals sign would alter it.
 */
@Component
final class ServiceCalls {

    private static final String EVENTS = "text/event-stream";
    /** Longer than the second after which the kernel retransmits an unanswered connection attempt. */
    private static final int CONNECT_MILLIS = 2_500;
    /** How long a client may stop reading; up to half a megabyte is buffered on the way to it. */
    private static final Duration CLIENT_TAKES = Duration.ofMinutes(2);

    private final HttpClient client;
    private final Instances instances;
    private final PassedHeaders headers;
    private final CallSpans spans;

    /** @param threads the threads of clients' connections, which are used for connections to services as well */
    ServiceCalls(Instances instances, PassedHeaders headers, CallSpans spans, ReactorResourceFactory threads) {
        // The HTTP client's own retry would repeat any method; only UpstreamFilter decides on retries.
        this.client = HttpClient.create(new ThreadConnections())
                .runOn(threads.getLoopResources())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .disableRetry(true);
        this.instances = instances;
        this.headers = headers;
        this.spans = spans;
    }

    /** The status and headers of a service's answer. The rest of its connection is either relayed or the connection is dropped. */
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

    /** Calls the service once, on the thread of the client's connection. May be called from any thread. */
    Mono<Answer> call(Service service, ServerWebExchange exchange) {
        Mono<Answer> answer = send(service, exchange);
        EventLoop thread = ConnectionThread.of(exchange.getRequest());
        return thread.inEventLoop() ? answer : answer.subscribeOn(Schedulers.fromExecutorService(thread));
    }

    private Mono<Answer> send(Service service, ServerWebExchange exchange) {
        return spans.trace(exchange, trace -> {
            ServerHttpRequest request = exchange.getRequest();
            HttpHeaders requested = ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(request)
                    .requestHeaders();
            URI instance = instances.next(service);
            return client.request(HttpMethod.valueOf(request.getMethod().name()))
                    .uri(at(instance, request.getURI()))
                    .send((call, outbound) -> {
                        headers.toService(requested, exchange, call.requestHeaders());
                        trace.accept(call.requestHeaders());
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
     * Sends the answer to the client piece by piece. If it breaks off before its first piece, no header of it remains.
     *
     * @param deadline the deadline of the answer
     * @param gap the longest time between two pieces while the client is ready to receive; a stream of events may be silent for longer
     */
    Mono<Void> relay(Answer answer, ServerWebExchange exchange, Deadline deadline, Duration gap) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders responded = ServerHttpResponseDecorator.<HttpServerResponse>getNativeResponse(response)
                .responseHeaders();
        headers.toClient(answer.head().responseHeaders(), responded);
        NettyDataBufferFactory buffers = (NettyDataBufferFactory) response.bufferFactory();
        Flux<DataBuffer> body = answer.connection().inbound().receive().retain().map(buffers::wrap);
        Mono<Void> written;
        if (answer.isOfType(EVENTS)) {
            deadline.cancel();
            written = response.writeAndFlushWith(body.map(Mono::just));
        } else {
            written = response.writeWith(withoutGaps(body, deadline, gap));
        }
        return written.doOnCancel(answer::drop).doOnError(_ -> {
            answer.drop();
            if (!response.isCommitted()) {
                responded.clear();
            }
        });
    }

    /** Enforces the gap only while the client asks for more. Otherwise the client is the slow side. */
    private static Flux<DataBuffer> withoutGaps(Flux<DataBuffer> body, Deadline deadline, Duration gap) {
        AtomicLong asked = new AtomicLong();
        return body.doOnRequest(more -> {
                    if (asked.getAndAccumulate(more, Operators::addCap) == 0) {
                        deadline.endIn(gap);
                    }
                })
                .doOnNext(_ -> deadline.endIn(asked.decrementAndGet() > 0 ? gap : CLIENT_TAKES))
                .takeUntilOther(deadline.passed().then(Mono.error(TimeoutException::new)));
    }
}
