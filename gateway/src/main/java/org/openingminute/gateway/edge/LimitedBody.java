package org.openingminute.gateway.edge;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;

/**
 * A request whose body ends in a refusal when it is too large or too slow. It signals when the body has arrived, so
 * that a slow sender is not taken for a slow service. Bytes are passed on as they come.
 *
 * <p>Bytes above the limit are read and discarded before the refusal, up to {@link #READ_AWAY} bytes: closing a
 * connection with unread bytes resets it, and a client that sends everything before it reads never learns why.
 */
public final class LimitedBody extends ServerHttpRequestDecorator {

    private static final String ATTRIBUTE = LimitedBody.class.getName();
    private static final long READ_AWAY = 32L * 1024 * 1024;

    private final long limit;
    private final Duration patience;
    private final boolean hasBody;
    private final Sinks.Empty<Void> arrived = Sinks.empty();
    private final Deadline deadline;
    private volatile @Nullable Throwable failure;
    private long seen;

    private LimitedBody(ServerHttpRequest request, long limit, Duration patience, Deadline deadline) {
        super(request);
        this.limit = limit;
        this.patience = patience;
        this.hasBody = request.getHeaders().getContentLength() > 0
                || request.getHeaders().containsHeader(HttpHeaders.TRANSFER_ENCODING);
        this.deadline = deadline;
    }

    /**
     * Limits the request of an exchange.
     *
     * @param limit bytes that the body may have
     * @param patience how long the client may take to send it
     * @param deadline of the body alone: an answer may begin before the body ends
     * @return the exchange with its request limited, or {@code too-large} if the request's own length says so
     */
    static Mono<ServerWebExchange> limit(ServerWebExchange exchange, long limit, Duration patience, Deadline deadline) {
        LimitedBody limited = new LimitedBody(exchange.getRequest(), limit, patience, deadline);
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (headers.getContentLength() > limit) {
            // A client that waits for 100 Continue gets its refusal at once.
            Mono<Void> sent = headers.containsHeader(HttpHeaders.EXPECT) ? Mono.empty() : limited.readAway();
            return sent.then(Mono.error(() -> tooLarge(limit)));
        }
        exchange.getAttributes().put(ATTRIBUTE, limited);
        return Mono.just(limited.hasBody ? exchange.mutate().request(limited).build() : exchange);
    }

    /** The limited request of an exchange that came in through the edge. */
    public static LimitedBody of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    public boolean hasBody() {
        return hasBody;
    }

    /** Completes when the body has been read to its end; at once if there is none. */
    public Mono<Void> arrived() {
        return hasBody ? arrived.asMono() : Mono.empty();
    }

    /** Whether the body has been read to its end, or there is none. */
    public boolean hasArrived() {
        return !hasBody || Boolean.TRUE.equals(arrived.scan(Scannable.Attr.TERMINATED));
    }

    /** The reason why the body was not read to its end, where that was the client's doing. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return super.getBody()
                .doOnSubscribe(_ -> deadline.endIn(patience))
                .handle(this::count)
                .concatWith(Mono.defer(() -> seen > limit ? Mono.error(tooLarge(limit)) : Mono.empty()))
                .takeUntilOther(deadline.passed().then(Mono.error(this::late)))
                .doOnError(e -> failure = e)
                .doOnComplete(arrived::tryEmitEmpty)
                .doFinally(_ -> deadline.cancel());
    }

    private void count(DataBuffer buffer, SynchronousSink<DataBuffer> sink) {
        seen += buffer.readableByteCount();
        if (seen <= limit) {
            sink.next(buffer);
            return;
        }
        DataBufferUtils.release(buffer);
        // From here on, any failure is the client's, whatever the waiting service answers.
        Problem refusal = tooLarge(limit);
        failure = refusal;
        if (seen > limit + READ_AWAY) {
            sink.error(refusal);
        }
    }

    /**
     * Completes when the client has sent everything, or as much as is read. An error is ignored, because the answer is
     * known.
     */
    private Mono<Void> readAway() {
        return getBody().doOnNext(DataBufferUtils::release).then().onErrorComplete();
    }

    private static Problem tooLarge(long limit) {
        return new Problem(CommonProblem.TOO_LARGE, "The request is larger than the " + limit + " bytes allowed here.");
    }

    /** The problem of a body that has not ended in time, which may be known already. */
    private Throwable late() {
        @Nullable Throwable known = failure;
        return known == null ? tooSlow() : known;
    }

    private static Problem tooSlow() {
        return new Problem(CommonProblem.MALFORMED, "The body of the request did not arrive in time.");
    }
}
