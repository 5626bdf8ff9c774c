package org.openingminute.gateway.door;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.problem.ProblemCode;
import org.openingminute.gateway.problem.Refusal;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;

/**
 * A request whose body ends in a refusal when it is larger than allowed or slower than it may be, and which tells when
 * the body has arrived, so that a slow sender is not taken for a slow service. Bytes are passed on as they come.
 */
public final class LimitedBody extends ServerHttpRequestDecorator {

    private static final String ATTRIBUTE = LimitedBody.class.getName();

    private final long limit;
    private final Duration patience;
    private final Sinks.Empty<Void> arrived = Sinks.empty();
    private final boolean hasBody;
    private volatile @Nullable Throwable failure;
    private long seen;

    private LimitedBody(ServerHttpRequest request, long limit, Duration patience) {
        super(request);
        this.limit = limit;
        this.patience = patience;
        this.hasBody = request.getHeaders().getContentLength() > 0
                || request.getHeaders().containsHeader(HttpHeaders.TRANSFER_ENCODING);
        if (!hasBody) {
            arrived.tryEmitEmpty();
        }
    }

    /**
     * Limits the request of an exchange.
     *
     * @param limit bytes that the body may have
     * @param patience how long the client may take to send it
     * @return the exchange with its request limited
     * @throws Refusal {@code too-large} if the request says itself that it is
     */
    static ServerWebExchange limit(ServerWebExchange exchange, long limit, Duration patience) {
        if (exchange.getRequest().getHeaders().getContentLength() > limit) {
            throw tooLarge(limit);
        }
        LimitedBody limited = new LimitedBody(exchange.getRequest(), limit, patience);
        exchange.getAttributes().put(ATTRIBUTE, limited);
        return exchange.mutate().request(limited).build();
    }

    /** The limited request of an exchange that came in through the door. */
    public static LimitedBody of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    public boolean hasBody() {
        return hasBody;
    }

    /** Completes when the body has been read to its end, at once where there is none. */
    public Mono<Void> arrived() {
        return arrived.asMono();
    }

    /** Why the body was not read to its end, where that was the client's doing. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public Flux<DataBuffer> getBody() {
        if (!hasBody) {
            return super.getBody();
        }
        return super.getBody()
                .handle(this::count)
                .takeUntilOther(Mono.delay(patience).then(Mono.error(LimitedBody::tooSlow)))
                .doOnError(e -> failure = e)
                .doOnComplete(arrived::tryEmitEmpty);
    }

    private void count(DataBuffer buffer, SynchronousSink<DataBuffer> sink) {
        seen += buffer.readableByteCount();
        if (seen > limit) {
            DataBufferUtils.release(buffer);
            sink.error(tooLarge(limit));
        } else {
            sink.next(buffer);
        }
    }

    private static Refusal tooLarge(long limit) {
        return new Refusal(ProblemCode.TOO_LARGE, "The request is larger than the " + limit + " bytes allowed here.");
    }

    private static Refusal tooSlow() {
        return new Refusal(ProblemCode.MALFORMED, "The body of the request did not arrive in time.");
    }
}
