package org.openingminute.gateway.request;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;

/**
 * A request whose body fails with a refusal if it is too large or too slow, or if the unfinished bodies of its address, or of all clients,
 * take up too much memory. It signals when the body has arrived, so that a slow client is not mistaken for a slow service. Bytes are
 * streamed.
 *
 * <p>Bytes beyond the limit are read and discarded before the refusal, up to {@link #MAX_DRAINED} bytes: closing a connection with unread
 * bytes resets it, and a client that sends everything before it reads would never learn the reason.
 */
public final class LimitedBody extends ServerHttpRequestDecorator {

    private static final String ATTRIBUTE = LimitedBody.class.getName();
    private static final long MAX_DRAINED = 32L * 1024 * 1024;
    /**
     * Bytes that are not counted: about what the connection itself may buffer. Every registration is smaller than that, so it always finds
     * room.
     */
    private static final long NOT_COUNTED = 64L * 1024;

    private final Bounds bounds;
    private final boolean hasBody;
    /** Whether the client waits for 100 Continue before it sends its body. */
    private final boolean isAwaited;

    private final Sinks.Empty<Void> arrived = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private final Deadline deadline;
    private volatile @Nullable Throwable failure;
    private volatile boolean hasBegun;
    private long startedAt;
    private long seen;
    private long counted;

    /** @param deadline the deadline of the body alone; a response may begin before the body ends */
    LimitedBody(ServerHttpRequest request, Bounds bounds, Deadline deadline) {
        super(request);
        this.bounds = bounds;
        this.hasBody = hasBody(request);
        this.isAwaited = request.getHeaders().containsHeader(HttpHeaders.EXPECT);
        this.deadline = deadline;
    }

    static boolean hasBody(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
    }

    /**
     * The limits of a body.
     *
     * @param bytes the maximum size in bytes
     * @param pace the minimum speed
     * @param address the client's address
     * @param inTransit counts the bytes of all unfinished bodies
     * @param refusals creates the refusals
     */
    record Bounds(long bytes, Pace pace, String address, BytesInTransit inTransit, BodyRefusals refusals) {}

    /**
     * The minimum speed of a body.
     *
     * @param longest how long the client may take to send the whole body
     * @param headStart how long the body may arrive at any speed
     * @param bytesPerSecond the minimum bytes a second after the head start
     */
    record Pace(Duration longest, Duration headStart, long bytesPerSecond) {}

    /** The exchange with this request, or the refusal {@code too-large} if the announced length exceeds the limit. */
    Mono<ServerWebExchange> admit(ServerWebExchange exchange) {
        if (getHeaders().getContentLength() > bounds.bytes) {
            return refuse(bounds.refusals.tooLarge(bounds.bytes));
        }
        exchange.getAttributes().put(ATTRIBUTE, this);
        return Mono.just(hasBody ? exchange.mutate().request(this).build() : exchange);
    }

    /** Refuses the request once the client has sent its body; at once if the client waits for 100 Continue. */
    <T> Mono<T> refuse(Problem refusal) {
        // This refusal is final, whatever else may be wrong with the body.
        failure = refusal;
        Mono<Void> sent = isAwaited ? Mono.empty() : drain();
        return sent.then(Mono.error(() -> refusal));
    }

    /**
     * Reads and discards a body that the call does not need. With unread bytes the connection would be closed, and the client's next call
     * on it would fail.
     */
    public static Mono<Void> ignore(ServerHttpRequest request) {
        return request.getBody().doOnNext(DataBufferUtils::release).then();
    }

    /** The limited request of an exchange that has passed the edge. */
    public static LimitedBody of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    public boolean hasBody() {
        return hasBody;
    }

    /** Completes when the body has been read to its end; immediately if there is none. */
    public Mono<Void> arrived() {
        return hasBody ? arrived.asMono() : Mono.empty();
    }

    /** Whether the body has been read to its end, or there is none. */
    public boolean hasArrived() {
        return !hasBody || Boolean.TRUE.equals(arrived.scan(Scannable.Attr.TERMINATED));
    }

    /**
     * Completes when no more of a body arrives for which the client received 100 Continue; immediately for other bodies. After a refusal
     * the server keeps the connection open except for such clients, so their bodies have to be read first.
     */
    public Mono<Void> ended() {
        return isAwaited && hasBegun ? ended.asMono() : Mono.empty();
    }

    /** The reason why the body was not read to its end, if the client caused it. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public Flux<DataBuffer> getBody() {
        Flux<DataBuffer> body = limited();
        return isAwaited ? Flux.from(reader -> body.subscribe(new DrainingSubscriber(reader))) : body;
    }

    private Flux<DataBuffer> limited() {
        return super.getBody()
                .doOnSubscribe(_ -> begin())
                .handle(this::count)
                .concatWith(Mono.defer(
                        () -> failure().<Mono<DataBuffer>>map(Mono::error).orElse(Mono.empty())))
                .takeUntilOther(deadline.passed().then(Mono.error(this::late)))
                .doOnError(e -> failure = e)
                .doOnComplete(arrived::tryEmitEmpty)
                .doFinally(_ -> end());
    }

    private void begin() {
        hasBegun = true;
        startedAt = deadline.now();
        waitForMore();
    }

    private void end() {
        deadline.cancel();
        bounds.inTransit.remove(bounds.address, counted);
        counted = 0;
        ended.tryEmitEmpty();
    }

    /** Extends the deadline by the received bytes, so that a slow but sufficiently fast client continues. */
    private void waitForMore() {
        Pace pace = bounds.pace;
        Duration allowed = pace.headStart.plusMillis(seen * 1_000 / pace.bytesPerSecond);
        deadline.endIn(
                (allowed.compareTo(pace.longest) < 0 ? allowed : pace.longest).minusNanos(deadline.now() - startedAt));
    }

    private void count(DataBuffer buffer, SynchronousSink<DataBuffer> sink) {
        seen += buffer.readableByteCount();
        waitForMore();
        Throwable refusal = failure;
        if (refusal == null) {
            refusal = seen > bounds.bytes
                    ? bounds.refusals.tooLarge(bounds.bytes)
                    : overCapacity() ? bounds.refusals.overCapacity() : null;
        }
        if (refusal == null) {
            sink.next(buffer);
            return;
        }
        DataBufferUtils.release(buffer);
        // From here on any failure is the client's fault, whatever the waiting service answers.
        failure = refusal;
        if (seen > bounds.bytes + MAX_DRAINED) {
            sink.error(refusal);
        }
    }

    /** Counts the bytes received so far; returns true if there is no room for them. */
    private boolean overCapacity() {
        long more = Math.max(0, seen - NOT_COUNTED) - counted;
        if (more > 0 && !bounds.inTransit.add(bounds.address, more)) {
            return true;
        }
        counted += Math.max(0, more);
        return false;
    }

    /**
     * Completes when the client has sent everything, or as much as is read. An error is ignored, because the response is already decided.
     */
    private Mono<Void> drain() {
        return ignore(this).onErrorComplete();
    }

    /** The error of a body that did not end in time; an earlier refusal takes precedence. */
    private Throwable late() {
        @Nullable Throwable known = failure;
        return known == null ? bounds.refusals.tooSlow() : known;
    }

    /** Passes a body to its reader; what arrives after the reader has cancelled is read and discarded. */
    private static final class DrainingSubscriber extends BaseSubscriber<DataBuffer> {

        private final Subscriber<? super DataBuffer> reader;
        private volatile boolean hasLeft;

        private DrainingSubscriber(Subscriber<? super DataBuffer> reader) {
            this.reader = reader;
        }

        @Override
        protected void hookOnSubscribe(Subscription body) {
            reader.onSubscribe(new Subscription() {
                @Override
                public void request(long pieces) {
                    body.request(pieces);
                }

                @Override
                public void cancel() {
                    hasLeft = true;
                    body.request(Long.MAX_VALUE);
                }
            });
        }

        @Override
        protected void hookOnNext(DataBuffer piece) {
            if (hasLeft) {
                DataBufferUtils.release(piece);
            } else {
                reader.onNext(piece);
            }
        }

        @Override
        protected void hookOnComplete() {
            if (!hasLeft) {
                reader.onComplete();
            }
        }

        @Override
        protected void hookOnError(Throwable failure) {
            if (!hasLeft) {
                reader.onError(failure);
            }
        }
    }
}
