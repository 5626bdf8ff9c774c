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
import org.openingminute.gateway.cache.Flight.Outcome;
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
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Answers reads that are the same for everyone, before anything else of the gateway sees them. What is not known, one request
 * for each key asks, through all filters as any other; the others wait for its answer. While the service fails, what is kept stands
 * in for it as long as the route allows. Thread-safe.
 */
@Component
public final class CachedReads implements HttpHandlerDecoratorFactory {

    /** Bytes: 64 MiB, or a fourth of a small heap. */
    private static final long MEMORY =
            Math.min(64L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 4);

    /** For how long a service that has failed is not asked the same again. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a read waits for a slow service where something may stand in for its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** What says which request it is, and nothing of its answer. */
    private static final Set<String> OF_A_REQUEST =
            names("Host", "Connection", "X-Forwarded-For", EdgeFilter.REQUEST_ID, "traceparent", "tracestate");

    /** Where staff write what all may see at once, beside the desk. */
    private static final List<String> OF_STAFF = List.of("/api/admin/", "/api/rehearsal/");

    private static final String SIGN_IN = "/sign-in";

    private static final int KEYS_THAT_FAIL = 10_000;
    /** The part of the memory for pages that stand in, which are there beside those that they are made of. */
    private static final int EIGHTH = 8;
    /** Flights for which a read waits whose answers are too old on arrival. */
    private static final int TRIES = 2;

    private final PublicReads reads;
    private final EarlyAnswers early;
    private final ProblemWriter problems;
    private final Pages pages;
    private final Map<Source, Counter> counters = new EnumMap<>(Source.class);
    private final Map<ReadKey, Flight> flights = new ConcurrentHashMap<>();
    private final Cache<ReadKey, KeptAnswer> kept = Caffeine.newBuilder()
            .maximumWeight(MEMORY - MEMORY / EIGHTH)
            .weigher((ReadKey key, KeptAnswer answer) -> key.weight() + answer.weight())
            .expireAfterWrite(CacheableRead.LONGEST)
            .build();
    private final Cache<ReadKey, Boolean> failed = Caffeine.newBuilder()
            .maximumSize(KEYS_THAT_FAIL)
            .expireAfterWrite(PAUSE)
            .build();

    private final Cache<Aged, KeptAnswer.Body> aged = Caffeine.newBuilder()
            .maximumWeight(MEMORY / EIGHTH)
            .weigher((Aged one, KeptAnswer.Body page) -> one.page().weight() + page.weight())
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    /** When staff changed something here, by {@link System#nanoTime}: what was read before is out of date. */
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

    /** Where the answer to a read came from. */
    private enum Source {
        KEPT,
        SERVICE,
        SHARED,
        AGED,
        REFUSED
    }

    /** A page with the sentence that says how old it is. */
    private record Aged(KeptAnswer.Body page, Locale language, long minutes) {}

    /** A read under way: its client's, with what it was before it was made everyone's. */
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

    /** Forgets everything. */
    public void clear() {
        kept.invalidateAll();
        failed.invalidateAll();
    }

    /** Whether a request asks for everyone if a kept answer is still good: no client has to answer for that alone. */
    public static boolean isRenewal(ServerHttpResponse response) {
        return flightOf(response).filter(FlightResponse::isRenewal).isPresent();
    }

    /** A request waits for its client's turn; if it asks for everyone, only those at the same address wait with it. */
    public static void delay(ServerHttpResponse response) {
        flightOf(response).ifPresent(FlightResponse::delay);
    }

    private static Optional<FlightResponse> flightOf(ServerHttpResponse response) {
        ServerHttpResponse one = response;
        while (one instanceof ServerHttpResponseDecorator decorator && !(one instanceof FlightResponse)) {
            one = decorator.getDelegate();
        }
        return one instanceof FlightResponse flight ? Optional.of(flight) : Optional.empty();
    }

    /** The management port's own small context has a handler of its own, whose answers are nobody else's. */
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
            response.beforeCommit(() -> Mono.fromRunnable(() -> notice(response)));
        }
        return handler.handle(request, response);
    }

    /** Before the answer goes out, so that whoever has it reads what it says. */
    private void notice(ServerHttpResponse response) {
        @Nullable HttpStatusCode status = response.getStatusCode();
        if (status != null && (status.is2xxSuccessful() || isDone(response))) {
            changedAt = System.nanoTime();
        }
    }

    /** Whether a form was taken; to sign-in everybody is led who sends one. */
    private static boolean isDone(ServerHttpResponse response) {
        @Nullable String next = response.getHeaders().getFirst("Location");
        return HttpStatus.SEE_OTHER.equals(response.getStatusCode()) && next != null && !next.startsWith(SIGN_IN);
    }

    private static boolean isOfStaff(ServerHttpRequest request) {
        String path = request.getURI().getRawPath();
        return !HttpMethod.GET.equals(request.getMethod())
                && (StaffPaths.isOfDesk(path) || OF_STAFF.stream().anyMatch(path::startsWith));
    }

    private Mono<Void> answer(Read read, int tries) {
        @Nullable KeptAnswer before = kept.getIfPresent(read.key());
        if (before != null && isFresh(before)) {
            return give(read, before, Source.KEPT);
        }
        if (failed.getIfPresent(read.key()) != null) {
            return standIn(read);
        }
        String client = ClientAddress.of(ClientAddress.connection(read.request()));
        Flight flight = new Flight(client);
        Flight running = flights.merge(read.key(), flight, (known, own) -> known.isFor(client) ? known : own);
        if (running != flight) {
            return await(read, running.outcome(client), tries);
        }
        @Nullable KeptAnswer landed = kept.getIfPresent(read.key());
        if (landed != null && isFresh(landed)) {
            end(read.key(), flight, new Outcome.Answered(landed));
            return give(read, landed, Source.KEPT);
        }
        return Mono.defer(() -> fly(read, flight, before))
                .doFinally(_ -> end(read.key(), flight, new Outcome.Abandoned()));
    }

    private boolean isFresh(KeptAnswer answer) {
        return answer.isFresh(System.nanoTime()) && isUpToDate(answer);
    }

    private boolean isUpToDate(KeptAnswer answer) {
        return answer.readAt() - changedAt > 0;
    }

    /** Asks for all. */
    private Mono<Void> fly(Read read, Flight flight, @Nullable KeptAnswer before) {
        count(Source.SERVICE);
        return read.handler()
                .handle(
                        everyones(read, before),
                        new FlightResponse(
                                read.response(), read.key(), before, flight, outcome -> land(read, flight, outcome)));
    }

    /** Nothing of one client's request may go into everyone's answer: what it is has its path and its key. */
    private static ServerHttpRequest everyones(Read read, @Nullable KeptAnswer before) {
        ReadKey key = read.key();
        HttpHeaders headers = ServerHttpRequestDecorator.<HttpServerRequest>getNativeRequest(read.request())
                .requestHeaders();
        String type = key.read().kind().type();
        // An error is a page for whom a page is named, and a document for others.
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

    private @Nullable Mono<Void> land(Read read, Flight flight, Outcome outcome) {
        @Nullable
        Mono<Void> sending = switch (outcome) {
            case Outcome.Answered(KeptAnswer answer) -> {
                kept.put(read.key(), answer);
                yield write(read, answer, false);
            }
            case Outcome.Failed() -> {
                failed.put(read.key(), true);
                @Nullable KeptAnswer standIn = standInFor(read.key());
                yield standIn == null ? null : write(read, standIn, true);
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

    private void end(ReadKey key, Flight flight, Outcome outcome) {
        flights.remove(key, flight);
        flight.end(outcome);
    }

    /** Waits for the flight of another. */
    private Mono<Void> await(Read read, Mono<Outcome> running, int tries) {
        Mono<Outcome> outcome = standInFor(read.key()) == null
                ? running
                : running.timeout(PATIENCE, Mono.fromSupplier(() -> late(read.key())));
        return outcome.publishOn(Schedulers.fromExecutorService(ConnectionThread.of(read.request())))
                .flatMap(ended -> switch (ended) {
                    case Outcome.Answered(KeptAnswer answer) -> share(read, answer, tries);
                    case Outcome.Failed() -> standIn(read);
                    case Outcome.Private() -> read.handler().handle(read.request(), read.response());
                    case Outcome.Abandoned() -> answer(read, tries);
                });
    }

    /** Those who come next do not wait. */
    private Outcome late(ReadKey key) {
        failed.put(key, true);
        return new Outcome.Failed();
    }

    private Mono<Void> share(Read read, KeptAnswer answer, int tries) {
        boolean young = answer.isYoungerThan(read.key().read().stale(), System.nanoTime());
        if (tries > 1 && !(young && isUpToDate(answer))) {
            return answer(read, tries - 1);
        }
        return young ? give(read, answer, Source.SHARED) : refuse(read);
    }

    private @Nullable KeptAnswer standInFor(ReadKey key) {
        @Nullable KeptAnswer answer = key.read().outlivesItsService() ? kept.getIfPresent(key) : null;
        return answer != null && answer.isYoungerThan(key.read().stale(), System.nanoTime()) ? answer : null;
    }

    private Mono<Void> standIn(Read read) {
        @Nullable KeptAnswer answer = standInFor(read.key());
        return answer == null ? refuse(read) : give(read, answer, Source.AGED);
    }

    private Mono<Void> give(Read read, KeptAnswer answer, Source source) {
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

    /** A page that stands in says how old it is. */
    private Mono<Void> write(Read read, KeptAnswer answer, boolean standsIn) {
        long now = System.nanoTime();
        @Nullable Locale language = read.key().language();
        KeptAnswer.Body body =
                standsIn && language != null && answer.isPage() ? aged(answer, language, now) : answer.body();
        return read.reader().send(answer, body, now, read.response());
    }

    private KeptAnswer.Body aged(KeptAnswer answer, Locale language, long now) {
        long minutes = answer.age(now).toMinutes();
        return aged.get(
                new Aged(answer.body(), language, minutes),
                one -> KeptAnswer.Body.of(
                        pages.aged(one.page().plain(), language, minutes),
                        one.page().etag().replaceFirst("\"$", "-" + minutes + "\""),
                        true));
    }

    private void count(Source source) {
        Objects.requireNonNull(counters.get(source)).increment();
    }
}
