package org.openingminute.registration.registrations;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.registrations.RegistrationRepository.Unparsed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The status streams of this instance. Each sends the changes of one registration to one client as server-sent events. An event's id is the
 * registration's revision, so that a reconnecting browser gets only newer events.
 *
 * <p>Whatever the number of streams, one statement per second finds the registrations that have changed; registrations changed by a batch
 * of this instance are read at once. A stream ends when its token expires, and all streams end before the rest of the service stops.
 */
@Component
class StatusStreams extends PollingJob {

    private static final Logger log = LoggerFactory.getLogger(StatusStreams.class);
    private static final Duration POLL_EVERY = Duration.ofSeconds(1);
    /** Commits within this time are read together by one statement. */
    private static final Duration GATHERING = Duration.ofMillis(100);

    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final int POLLS_PER_COMMENT = 10;
    private static final Duration REFUSED_FOR = Duration.ofSeconds(10);
    /** Least reconnect time after an instance is lost; browsers spread over this time once more. */
    private static final Duration BACK_SOON = Duration.ofSeconds(2);
    /** Reconnect time of a displaced stream: with one page too many open, the pages must not displace each other every few seconds. */
    private static final Duration BACK_LATER = Duration.ofMinutes(1);

    private final RegistrationRepository repository;
    private final Registrations registrations;
    private final Clock clock;
    private final StreamSettings settings;
    private final Counter refused;

    /** By registration, the oldest stream first. Guarded by {@code this}, as are the next two fields. */
    private final Map<UUID, Deque<StatusStream>> open = new HashMap<>();

    private final Set<UUID> changed = new HashSet<>();
    private boolean closed;
    /** Used only by the job's thread. */
    private long nextPoll = System.nanoTime();

    StatusStreams(
            @Qualifier("streams") RegistrationRepository repository,
            Registrations registrations,
            Admissions admissions,
            Clock clock,
            StreamSettings settings,
            MeterRegistry meters) {
        super("status-streams");
        this.repository = repository;
        this.registrations = registrations;
        this.clock = clock;
        this.settings = settings;
        this.refused = Counter.builder("registration.streams.refused")
                .description("Status streams that were refused because this instance had as many as it takes")
                .register(meters);
        Gauge.builder("registration.streams.open", () -> streams().size())
                .description("Status streams that are open")
                .register(meters);
        admissions.afterCommits(this::committed);
    }

    /**
     * Opens a stream.
     *
     * @param sent the revision that the client has, or -1
     * @throws Problem 401 or 404; {@code unavailable} if this instance has as many streams as it may have
     */
    SseEmitter open(UUID id, Caller caller, long sent) {
        Registration now = Registrations.opened(repository.find(id), caller).registration();
        StatusStream stream = new StatusStream(id, caller, sent);
        Optional<StatusStream> displaced = add(stream, now);
        displaced.ifPresent(oldest -> oldest.end(BACK_LATER));
        return stream.emitter;
    }

    /** Adds a stream. If the registration then has too many, its oldest stream is removed and returned. */
    private synchronized Optional<StatusStream> add(StatusStream stream, Registration now) {
        Deque<StatusStream> ofRegistration = open.getOrDefault(stream.id, new ArrayDeque<>());
        boolean full = ofRegistration.size() >= settings.perRegistration();
        if (closed || (!full && streams().size() >= settings.perInstance())) {
            refused.increment();
            throw Problem.unavailable("No more pages can be updated live at the moment.")
                    .retryAfter(REFUSED_FOR);
        }
        Optional<StatusStream> displaced = full ? Optional.of(ofRegistration.removeFirst()) : Optional.empty();
        ofRegistration.addLast(stream);
        open.put(stream.id, ofRegistration);
        stream.sendBackAfter(BACK_SOON);
        stream.show(now.revision(), () -> now);
        return displaced;
    }

    private synchronized void remove(StatusStream stream) {
        open.computeIfPresent(stream.id, (_, ofRegistration) -> {
            ofRegistration.remove(stream);
            return ofRegistration.isEmpty() ? null : ofRegistration;
        });
    }

    private synchronized List<StatusStream> streams() {
        return open.values().stream().flatMap(Collection::stream).toList();
    }

    private synchronized Map<UUID, List<StatusStream>> streamsOf(Set<UUID> ids) {
        return open.entrySet().stream()
                .filter(one -> ids.contains(one.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, one -> List.copyOf(one.getValue())));
    }

    private synchronized void committed(List<Registration> after) {
        after.stream().map(Registration::id).filter(open::containsKey).forEach(changed::add);
        if (!changed.isEmpty()) {
            wake();
        }
    }

    private synchronized Set<UUID> takeChanged() {
        Set<UUID> taken = new HashSet<>(changed);
        changed.clear();
        return taken;
    }

    @Override
    protected Duration pause() {
        return Duration.ofNanos(Math.max(0, nextPoll - System.nanoTime()));
    }

    @Override
    protected boolean work() throws InterruptedException {
        Thread.sleep(GATHERING);
        Set<UUID> due = takeChanged();
        if (nextPoll - System.nanoTime() <= 0) {
            nextPoll = System.nanoTime() + POLL_EVERY.minus(GATHERING).toNanos();
            due.addAll(poll());
        }
        // Collected before the query: a stream that opens during it may already have a later state.
        Map<UUID, List<StatusStream>> listening = streamsOf(due);
        if (!listening.isEmpty()) {
            for (Unparsed now : repository.findAll(listening.keySet())) {
                listening.getOrDefault(now.id(), List.of()).forEach(stream -> stream.show(now.revision(), now::parse));
            }
        }
        return false;
    }

    /** Ends the streams whose time is up. Returns the registrations whose current revision at least one client does not have. */
    private Set<UUID> poll() {
        Instant now = clock.instant();
        List<StatusStream> watched = new ArrayList<>();
        for (StatusStream stream : streams()) {
            if (now.isBefore(stream.until)) {
                stream.commentNowAndThen();
                watched.add(stream);
            } else {
                stream.end(BACK_SOON);
            }
        }
        Set<UUID> different = new HashSet<>();
        if (!watched.isEmpty()) {
            Map<UUID, Long> revisions = repository.revisions(
                    watched.stream().map(stream -> stream.id).distinct().toList());
            for (StatusStream stream : watched) {
                @Nullable Long revision = revisions.get(stream.id);
                if (revision == null) {
                    stream.end(BACK_SOON);
                } else if (revision != stream.shown) {
                    different.add(stream.id);
                }
            }
        }
        return different;
    }

    /** Ends all streams and refuses new ones. Without this, the server's shutdown would wait for the open streams. */
    @EventListener(ContextClosedEvent.class)
    void endAll() {
        synchronized (this) {
            closed = true;
        }
        streams().forEach(stream -> stream.end(BACK_SOON));
    }

    private interface Step {
        void run() throws IOException;
    }

    /** A stream to one client. It sends on its own thread, so that a slow client does not delay others. */
    private final class StatusStream {

        private final UUID id;
        private final Caller caller;
        private final Instant until;
        /** No time-out: the job ends the stream. */
        private final SseEmitter emitter = new SseEmitter(0L);
        /** Discards what is sent after the stream has ended. */
        private final ThreadPoolExecutor sender = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofVirtual().factory(),
                new ThreadPoolExecutor.DiscardPolicy());

        private volatile long shown;
        /** Used only by the job's thread. */
        private int polls;

        StatusStream(UUID id, Caller caller, long sent) {
            this.id = id;
            this.caller = caller;
            this.shown = sent;
            Instant longest = clock.instant().plus(LONGEST);
            this.until = caller.until().isBefore(longest) ? caller.until() : longest;
            emitter.onError(_ -> gone());
            emitter.onCompletion(this::gone);
        }

        /** Sends the current state, unless the client has it. */
        void show(long revision, Supplier<Registration> present) {
            if (revision != shown) {
                shown = revision;
                run(() -> send(present.get()));
            }
        }

        private void send(Registration now) throws IOException {
            if (Registrations.isStillOpen(now, caller)) {
                emitter.send(SseEmitter.event()
                        .id(Long.toString(now.revision()))
                        .name("status")
                        .data(
                                registrations.represent(new Registrations.Opened(now, caller)),
                                MediaType.APPLICATION_JSON));
            } else {
                end(BACK_SOON);
            }
        }

        /** Tells the browser to wait a random time, between {@code least} and twice as long, before it reconnects. */
        void sendBackAfter(Duration least) {
            long millis = least.toMillis();
            run(() -> emitter.send(SseEmitter.event()
                    .reconnectTime(millis + ThreadLocalRandom.current().nextLong(millis))));
        }

        /** Sends a comment from time to time, which keeps proxies from closing an idle connection and detects disconnected clients. */
        void commentNowAndThen() {
            if (++polls % POLLS_PER_COMMENT == 0) {
                run(() -> emitter.send(SseEmitter.event().comment("still here")));
            }
        }

        void end(Duration back) {
            remove(this);
            sendBackAfter(back);
            run(emitter::complete);
            sender.shutdown();
        }

        private void run(Step step) {
            sender.execute(() -> {
                try {
                    step.run();
                } catch (IOException | IllegalStateException e) {
                    log.debug("A listener disconnected");
                    gone();
                } catch (RuntimeException e) {
                    log.warn("A status stream broke off: {}", RedactedException.types(e));
                    emitter.completeWithError(e);
                    gone();
                }
            });
        }

        private void gone() {
            remove(this);
            sender.shutdown();
        }
    }

    @RestController
    static class StreamController {

        private final StatusStreams streams;
        private final Registrations registrations;
        private final CallerResolver callers;

        StreamController(StatusStreams streams, Registrations registrations, CallerResolver callers) {
            this.streams = streams;
            this.registrations = registrations;
            this.callers = callers;
        }

        @GetMapping(path = "/api/registrations/{id}/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        SseEmitter stream(
                @PathVariable UUID id,
                @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
                HttpServletRequest request) {
            Caller caller = callers.forContact(request, id.toString(), Permission.ORGANISE);
            SseEmitter stream = streams.open(id, caller, revision(lastEventId));
            if (lastEventId == null) {
                registrations.noteFollower(id, caller);
            }
            return stream;
        }

        private static long revision(@Nullable String lastEventId) {
            try {
                return lastEventId == null ? -1 : Long.parseLong(lastEventId);
            } catch (NumberFormatException e) {
                return -1;
            }
        }
    }

    /**
     * The bounds of status streams.
     *
     * @param perInstance how many status streams an instance keeps open; above it they are refused, and pages poll
     * @param perRegistration how many status streams a registration has in an instance; one more ends the oldest
     */
    @ConfigurationProperties(prefix = "streams", ignoreUnknownFields = false)
    record StreamSettings(
            @DefaultValue("1000") int perInstance,
            @DefaultValue("5") int perRegistration) {

        StreamSettings {
            if (perInstance < 1 || perRegistration < 1) {
                throw new IllegalArgumentException(
                        "STREAMS_PER_INSTANCE and STREAMS_PER_REGISTRATION must be above zero");
            }
        }
    }

    /** A pool of two connections, so that streams take none of the connections that sell seats. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(StreamSettings.class)
    static class StreamConfiguration {

        private static final int CONNECTIONS = 2;

        @Bean(defaultCandidate = false)
        @Qualifier("streams")
        DataSource streamsDataSource(DataSource work) throws SQLException {
            HikariDataSource pool = new HikariDataSource();
            work.unwrap(HikariDataSource.class).copyStateTo(pool);
            pool.setPoolName("streams");
            pool.setMaximumPoolSize(CONNECTIONS);
            return pool;
        }

        @Bean(defaultCandidate = false)
        @Qualifier("streams")
        RegistrationRepository streamsRepository(@Qualifier("streams") DataSource pool) {
            return new RegistrationRepository(JdbcClient.create(pool));
        }
    }
}
