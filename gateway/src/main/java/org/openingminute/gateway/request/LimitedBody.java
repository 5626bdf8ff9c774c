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
 * A request whose body ends in a refusal when it is too large or too slow, or where bodies of its address, or of all, take too much. It
 * signals when the body has arrived, so that a slow sender is not taken for a slow service. Bytes are passed on as they come.
 *
 * <p>Bytes above the limit are read and discarded before the refusal, up to {@link #READ_AWAY} bytes: closing a
 * connection with unread bytes resets it, and a client that sends everything before it reads never learns why.
 */
public final class LimitedBody extends ServerHttpRequestDecorator {

    private static final String ATTRIBUTE = LimitedBody.class.getName();
    private static final long READ_AWAY = 32L * 1024 * 1024;
    /** What the connection itself may hold, and all that a registration has: it always finds room. */
    private static final long NOT_COUNTED = 64L * 1024;

    private final Bounds bounds;
    private final boolean hasBody;
    /** Whether the client sends its body once it has got 100 Continue. */
    private final boolean isAwaited;

    private final Sinks.Empty<Void> arrived = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private final Deadline deadline;
    private volatile @Nullable Throwable failure;
    private volatile boolean hasBegun;
    private long startedAt;
    private long seen;
    private long counted;

    /** @param deadline of the body alone: an answer may begin before the body ends */
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
     * What a body may take.
     *
     * @param bytes that it may have
     * @param pace how slow it may be
     * @param address of the client
     * @param inTransit bytes of all bodies that have not ended
     * @param refusals what is more, or slower, is refused by
     */
    record Bounds(long bytes, Pace pace, String address, BytesInTransit inTransit, BodyRefusals refusals) {}

    /**
     * How slow a body may be.
     *
     * @param longest how long the client may take to send it
     * @param headStart how long it may come as slowly as it likes
     * @param bytesPerSecond how much comes in each second after the head start, at least
     */
    record Pace(Duration longest, Duration headStart, long bytesPerSecond) {}

    /** The exchange with this request, or {@code too-large} if the request's own length says so. */
    Mono<ServerWebExchange> admit(ServerWebExchange exchange) {
        if (getHeaders().getContentLength() > bounds.bytes) {
            return refuse(bounds.refusals.tooLarge(bounds.bytes));
        }
        exchange.getAttributes().put(ATTRIBUTE, this);
        return Mono.just(hasBody ? exchange.mutate().request(this).build() : exchange);
    }

    /** The refusal, once the client has sent its body; at once to a client that waits for 100 Continue. */
    <T> Mono<T> refuse(Problem refusal) {
        // It is refused for this alone, whatever else is wrong with it.
        failure = refusal;
        Mono<Void> sent = isAwaited ? Mono.empty() : readAway();
        return sent.then(Mono.error(() -> refusal));
    }

    /** Reads away a body that the call has no use for: with it unread, the connection would end, and the client's next call with it. */
    public static Mono<Void> ignore(ServerHttpRequest request) {
        return request.getBody().doOnNext(DataBufferUtils::release).then();
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

    /**
     * Completes when nothing more comes of a body for which the client got 100 Continue; at once for others. After a refusal the server
     * keeps its connections to all but those clients, so their bodies have to be read first, wanted or not.
     */
    public Mono<Void> ended() {
        return isAwaited && hasBegun ? ended.asMono() : Mono.empty();
    }

    /** The reason why the body was not read to its end, where that was the client's doing. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public Flux<DataBuffer> getBody() {
        Flux<DataBuffer> body = limited();
        return isAwaited ? Flux.from(reader -> body.subscribe(new ToItsEnd(reader))) : body;
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

    /** However slow, a sender gets on. */
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
                    : crowded() ? bounds.refusals.crowded() : null;
        }
        if (refusal == null) {
            sink.next(buffer);
            return;
        }
        DataBufferUtils.release(buffer);
        // From here on, any failure is the client's, whatever the waiting service answers.
        failure = refusal;
        if (seen > bounds.bytes + READ_AWAY) {
            sink.error(refusal);
        }
    }

    /** Counts what has come of the body; true where there is no room for it. */
    private boolean crowded() {
        long more = Math.max(0, seen - NOT_COUNTED) - counted;
        if (more > 0 && !bounds.inTransit.add(bounds.address, more)) {
            return true;
        }
        counted += Math.max(0, more);
        return false;
    }

    /**
     * Completes when the client has sent everything, or as much as is read. An error is ignored, because the answer is
     * known.
     */
    private Mono<Void> readAway() {
        return ignore(this).onErrorComplete();
    }

    /** The problem of a body that has not ended in time, which may be known already. */
    private Throwable late() {
        @Nullable Throwable known = failure;
        return known == null ? bounds.refusals.tooSlow() : known;
    }

    /** Hands a body to its reader; what comes after the reader has left is read and discarded. */
    private static final class ToItsEnd extends BaseSubscriber<DataBuffer> {

        private final Subscriber<? super DataBuffer> reader;
        private volatile boolean hasLeft;

        private ToItsEnd(Subscriber<? super DataBuffer> reader) {
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
