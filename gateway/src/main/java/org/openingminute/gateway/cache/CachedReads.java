package org.openingminute.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.cache.InFlightRequest.Outcome;
import org.openingminute.gateway.edge.EarlyAnswers;
import org.openingminute.gateway.edge.EdgeFilter;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.gateway.problem.ProblemWriter;
import org.openingminute.gateway.request.ClientAddress;
import org.openingminute.gateway.request.ConnectionThread;
import org.openingminute.gateway.request.StaffPaths;
import org.openingminute.kit.problem.Problem;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Answers public reads, which are the same for everyone, from memory before any other part of the gateway sees them. On a miss, one request
 * for each key passes through all filters to the service, and the others wait for its answer (request collapsing). While the service fails,
 * a stale answer is served for as long as the route allows. Thread-safe.
 */
@Component
public final class CachedReads implements HttpHandlerDecoratorFactory {

    /** The memory for answers in bytes: 64 MiB, or a quarter of a small heap. */
    private static final long MEMORY =
            Math.min(64L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 4);

    /** How long a failed service is not asked for the same key again. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a read waits for a slow service if a stale answer is available. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The headers that identify the request and do not affect its answer. */
    private static final Set<String> OF_A_REQUEST =
            names("Host", "Connection", "X-Forwarded-For", EdgeFilter.REQUEST_ID, "traceparent", "tracestate");

    /** The paths, beside the desk, under which staff change what everybody can see. */
    private static final List<String> OF_STAFF = List.of("/api/admin/", "/api/rehearsal/");

    private static final String SIGN_IN = "/sign-in";

    private static final int KEYS_THAT_FAIL = 10_000;
    /** The fraction of the memory for stale pages with a notice of their age, which are cached in addition to their originals. */
    private static final int EIGHTH = 8;
    /** How often a read waits for another request whose answer is already too old when it arrives. */
    private static final int TRIES = 2;

    private final PublicReads reads;
    private final EarlyAnswers early;
    private final ProblemWriter problems;
    private final Pages pages;
    private final Map<Source, Counter> counters = new EnumMap<>(Source.class);
    private final Map<ReadKey, InFlightRequest> flights = new ConcurrentHashMap<>();
    private final Cache<ReadKey, CachedResponse> kept = Caffeine.newBuilder()
            .maximumWeight(MEMORY - MEMORY / EIGHTH)
            .weigher((ReadKey key, CachedResponse answer) -> key.weight() + answer.weight())
            .expireAfterWrite(CacheableRead.LONGEST)
            .build();
    private final Cache<ReadKey, Boolean> failed = Caffeine.newBuilder()
            .maximumSize(KEYS_THAT_FAIL)
            .expireAfterWrite(PAUSE)
            .build();

    private final Cache<StalePage, CachedResponse.Body> stalePages = Caffeine.newBuilder()
            .maximumWeight(MEMORY / EIGHTH)
            .weigher((StalePage one, CachedResponse.Body page) -> one.page().weight() + page.weight())
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    /**
     * When staff last changed something through this gateway, by {@link System#nanoTime}. Answers that were read before that are outdated.
     */
    private volatile long changedAt = System.nanoTime();

    CachedReads(PublicReads reads, EarlyAnswers early, ProblemWriter problems, Pages pages, MeterRegistry meters) {
        this.reads = reads;
        this.early = early;
        this.problems = problems;
        this.pages = pages;
        for (Source source : Source.values()) {
            counters.put(
                    source,
                    Counter.builder("gateway.reads")
                            .tag("source", source.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
    }

    /** The origin of an answer, as counted in the metrics. */
    private enum Source {
        KEPT,
        SERVICE,
        SHARED,
        AGED,
        REFUSED
    }

    /** A stale page with the notice of its age. */
    private record StalePage(CachedResponse.Body page, Locale language, long minutes) {}

    /** A read in progress, with the client's own preferences from before the request was made neutral. */
    private record Read(
            ReadKey key,
            Reader reader,
            ServerHttpRequest request,
            ServerHttpResponse response,
            HttpHandler handler,
            long startedAt) {}

    private static Set<String> names(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return set;
    }

    /** Empties the cache. */
    public void clear() {
        kept.invalidateAll();
        failed.invalidateAll();
    }

    /**
     * Whether a request revalidates a cached answer on behalf of all clients. Such a request does not count against its client's limits.
     */
    public static boolean isRenewal(ServerHttpResponse response) {
        return flightOf(response).filter(InFlightResponse::isRenewal).isPresent();
    }

    /**
     * Reports that a request has to wait for its client's turn. If others wait for its answer, only those from the same address keep
     * waiting for it.
     */
    public static void delay(ServerHttpResponse response) {
        flightOf(response).ifPresent(InFlightResponse::delay);
    }

    private static Optional<InFlightResponse> flightOf(ServerHttpResponse response) {
        ServerHttpResponse one = response;
        while (one instanceof ServerHttpResponseDecorator decorator && !(one instanceof InFlightResponse)) {
            one = decorator.getDelegate();
        }
        return one instanceof InFlightResponse flight ? Optional.of(flight) : Optional.empty();
    }

    /** Excludes the management port: its small context has its own handler, whose answers are not public. */
    @Override
    public HttpHandler apply(HttpHandler handler) {
        @Nullable
        ApplicationContext context =
                handler instanceof HttpWebHandlerAdapter adapter ? adapter.getApplicationContext() : null;
        return context != null && context.getParent() != null
                ? handler
                : (request, response) -> handle(request, response, handler);
    }

    private Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response, HttpHandler handler) {
        @Nullable ReadKey key = ReadKey.of(request, reads);
        if (key != null) {
            return answer(new Read(key, Reader.of(request), request, response, handler, System.nanoTime()), TRIES);
        }
        if (isOfStaff(request)) {
            response.beforeCommit(() -> Mono.fromRunnable(() -> invalidate(response)));
        }
        return handler.handle(request, response);
    }

    /** Marks cached answers as outdated before the response to a change is sent, so that whoever made the change sees it at once. */
    private void invalidate(ServerHttpResponse response) {
        @Nullable HttpStatusCode status = response.getStatusCode();
        if (status != null && (status.is2xxSuccessful() || isAccepted(response))) {
            changedAt = System.nanoTime();
        }
    }

    /** Whether the service accepted a form. A form that is sent without a session is redirected to sign-in instead. */
    private static boolean isAccepted(ServerHttpResponse response) {
        @Nullable String next = response.getHeaders().getFirst("Location");
        return HttpStatus.SEE_OTHER.equals(response.getStatusCode()) && next != null && !next.startsWith(SIGN_IN);
    }

    private static boolean isOfStaff(ServerHttpRequest request) {
        String path = request.getURI().getRawPath();
        return !HttpMethod.GET.equals(request.getMethod())
                && (StaffPaths.isOfDesk(path) || OF_STAFF.stream().anyMatch(path::startsWith));
    }

    private Mono<Void> answer(Read read, int tries) {
        @Nullable CachedResponse before = kept.getIfPresent(read.key());
        if (before != null && isFresh(before)) {
            return give(read, before, Source.KEPT);
        }
        if (failed.getIfPresent(read.key()) != null) {
            return giveStale(read);
        }
        String client = ClientAddress.of(ClientAddress.connection(read.request()));
        InFlightRequest flight = new InFlightRequest(client);
        InFlightRequest running = flights.merge(read.key(), flight, (known, own) -> known.isFor(client) ? known : own);
        if (running != flight) {
            return await(read, running.outcome(client), tries);
        }
        @Nullable CachedResponse arrived = kept.getIfPresent(read.key());
        if (arrived != null && isFresh(arrived)) {
            end(read.key(), flight, new Outcome.Answered(arrived));
            return give(read, arrived, Source.KEPT);
        }
        return Mono.defer(() -> send(read, flight, before))
                .doFinally(_ -> end(read.key(), flight, new Outcome.Abandoned()));
    }

    private boolean isFresh(CachedResponse answer) {
        return answer.isFresh(System.nanoTime()) && isUpToDate(answer);
    }

    private boolean isUpToDate(CachedResponse answer) {
        return answer.readAt() - changedAt > 0;
    }

    /** Sends the one request on behalf of all readers of the key. */
    private Mono<Void> send(Read read, InFlightRequest flight, @Nullable CachedResponse before) {
        count(Source.SERVICE);
        return read.handler()
                .handle(
                        neutralised(read, before),
                        new InFlightResponse(
                                read.response(),
                                read.key(),
                                before,
                                flight,
                                threadOf(read),
                                outcome -> handleOutcome(read, flight, outcome)));
    }

    private static Scheduler threadOf(Read read) {
        return Schedulers.fromExecutorService(ConnectionThread.of(read.request()));
    }

    /**
     * Removes everything from the request that is specific to the client; its path and key remain. Otherwise one client's data could enter
     * everyone's answer.
     */
    private static ServerHttpRequest neutralised(Read read, @Nullable CachedResponse before) {
        ReadKey key = read.key();
        HttpHeaders headers = ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(read.request())
                .requestHeaders();
        String type = key.read().kind().type();
        // An error is answered with a page to clients that accept HTML, and with a problem document to others.
        @Nullable String accepted = headers.get(HttpHeaderNames.ACCEPT);
        String accepts = accepted != null && accepted.contains(type) ? type : MediaType.ALL_VALUE;
        headers.names().stream().filter(name -> !OF_A_REQUEST.contains(name)).forEach(headers::remove);
        headers.set(HttpHeaderNames.ACCEPT, accepts);
        @Nullable Locale language = key.language();
        if (language != null) {
            headers.set(HttpHeaderNames.ACCEPT_LANGUAGE, language.getLanguage());
        }
        if (before != null) {
            headers.set(HttpHeaderNames.IF_NONE_MATCH, before.body().etag());
        }
        URI known = UriComponentsBuilder.fromUri(read.request().getURI())
                .replaceQuery(key.query().isEmpty() ? null : key.query())
                .build(true)
                .toUri();
        return read.request().mutate().method(HttpMethod.GET).uri(known).build();
    }

    private @Nullable Mono<Void> handleOutcome(Read read, InFlightRequest flight, Outcome outcome) {
        @Nullable
        Mono<Void> sending = switch (outcome) {
            case Outcome.Answered(CachedResponse answer) -> {
                kept.put(read.key(), answer);
                yield write(read, answer, false);
            }
            case Outcome.Failed() -> {
                failed.put(read.key(), true);
                @Nullable CachedResponse stale = staleFor(read.key());
                yield stale == null ? null : write(read, stale, true);
            }
            case Outcome.Private() -> {
                kept.invalidate(read.key());
                yield null;
            }
            case Outcome.Abandoned() -> null;
        };
        end(read.key(), flight, outcome);
        return sending;
    }

    private void end(ReadKey key, InFlightRequest flight, Outcome outcome) {
        flights.remove(key, flight);
        flight.end(outcome);
    }

    /** Waits for the answer to another reader's request. */
    private Mono<Void> await(Read read, Mono<Outcome> running, int tries) {
        Mono<Outcome> outcome = staleFor(read.key()) == null
                ? running
                : running.timeout(PATIENCE, Mono.fromSupplier(() -> late(read.key())));
        return outcome.publishOn(threadOf(read)).flatMap(ended -> switch (ended) {
            case Outcome.Answered(CachedResponse answer) -> share(read, answer, tries);
            case Outcome.Failed() -> giveStale(read);
            case Outcome.Private() -> read.handler().handle(read.request(), read.response());
            case Outcome.Abandoned() -> answer(read, tries);
        });
    }

    /** Treats a late service as failed, so that the following readers do not wait. */
    private Outcome late(ReadKey key) {
        failed.put(key, true);
        return new Outcome.Failed();
    }

    private Mono<Void> share(Read read, CachedResponse answer, int tries) {
        boolean young = answer.isYoungerThan(read.key().read().stale(), System.nanoTime());
        if (tries > 1 && !(young && isUpToDate(answer))) {
            return answer(read, tries - 1);
        }
        return young ? give(read, answer, Source.SHARED) : refuse(read);
    }

    private @Nullable CachedResponse staleFor(ReadKey key) {
        @Nullable CachedResponse answer = key.read().outlivesItsService() ? kept.getIfPresent(key) : null;
        return answer != null && answer.isYoungerThan(key.read().stale(), System.nanoTime()) ? answer : null;
    }

    private Mono<Void> giveStale(Read read) {
        @Nullable CachedResponse answer = staleFor(read.key());
        return answer == null ? refuse(read) : give(read, answer, Source.AGED);
    }

    private Mono<Void> give(Read read, CachedResponse answer, Source source) {
        count(source);
        return give(read, _ -> write(read, answer, source == Source.AGED));
    }

    private Mono<Void> refuse(Read read) {
        count(Source.REFUSED);
        Problem refusal = Problem.unavailable(
                        "This part of the registration system is not responding right now. Please try again.")
                .retryAfter(PAUSE);
        return give(read, requestId -> problems.write(refusal, read.request(), read.response(), requestId));
    }

    private Mono<Void> give(Read read, Function<String, Mono<Void>> answer) {
        return early.give(read.request(), read.response(), read.key().read().route(), read.startedAt(), answer);
    }

    /** Sends an answer. A stale page carries a notice of its age. */
    private Mono<Void> write(Read read, CachedResponse answer, boolean isStale) {
        long now = System.nanoTime();
        @Nullable Locale language = read.key().language();
        CachedResponse.Body body =
                isStale && language != null && answer.isPage() ? withAgeNotice(answer, language, now) : answer.body();
        return read.reader().send(answer, body, now, read.response());
    }

    private CachedResponse.Body withAgeNotice(CachedResponse answer, Locale language, long now) {
        long minutes = answer.age(now).toMinutes();
        return stalePages.get(new StalePage(answer.body(), language, minutes), one -> {
            byte[] page = pages.withAgeNotice(one.page().plain(), language, minutes);
            // This runs on the thread of a connection, so large pages are not compressed.
            boolean compressible = !CachedResponse.isLarge(page);
            return CachedResponse.Body.of(
                    page, one.page().etag().replaceFirst("\"$", "-" + minutes + "\""), compressible);
        });
    }

    private void count(Source source) {
        Objects.requireNonNull(counters.get(source)).increment();
    }
}
