package org.openingminute.gateway.routing;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The instances of each service. A service's name may resolve to several addresses, as with scaled containers. It is resolved twice a
 * second, and if there are several addresses, each is probed for readiness. Ready instances take turns; if none is ready, those that did
 * not answer the probe take turns, and if all answered, the unready ones, whose responses explain the reason. Thread-safe.
 */
@Component
public class Instances implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Instances.class);

    private static final Duration RESOLVE_EVERY = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Map<Service, RoundRobin> rotations = new EnumMap<>(Service.class);
    private final Map<Service, URI> named = new EnumMap<>(Service.class);
    private final Resolver resolver;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private volatile @Nullable ScheduledExecutorService refresher;

    @Autowired
    Instances(GatewaySettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    Instances(GatewaySettings settings, Resolver resolver) {
        this.resolver = resolver;
        for (Service service : Service.values()) {
            named.put(service, settings.urlOf(service));
            rotations.put(service, new RoundRobin(List.of(settings.urlOf(service))));
        }
    }

    /** Resolves a name to its addresses. */
    interface Resolver {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** The base URL of the next instance in turn. */
    public URI next(Service service) {
        return of(service).next();
    }

    /** The base URLs of all instances, ready or not. */
    public List<URI> all(Service service) {
        return of(service).all();
    }

    /** Marks an instance to which no connection could be made. It gets no requests until its next probe. */
    public void unreachable(Service service, URI instance) {
        of(service).unreachable(instance);
    }

    private RoundRobin of(Service service) {
        return Objects.requireNonNull(rotations.get(service));
    }

    @Override
    public synchronized void start() {
        // Platform threads, because resolving a name would pin the carrier of a virtual thread.
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(
                named.size(), Thread.ofPlatform().daemon().name("instances-", 1).factory());
        named.forEach((service, url) -> {
            // With https a name counts as one instance, because the certificate is issued for the name.
            if ("http".equals(url.getScheme())) {
                var _ = threads.scheduleWithFixedDelay(
                        () -> resolveAgain(service, url), 0, RESOLVE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
        });
        refresher = threads;
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService threads = refresher;
        if (threads != null) {
            threads.shutdownNow();
        }
        refresher = null;
    }

    @Override
    public boolean isRunning() {
        return refresher != null;
    }

    /** Stops after the web server, whose last requests still need the instances. */
    @Override
    public int getPhase() {
        return 0;
    }

    /** Catches everything: if the resolver ended, requests would still go to lost instances. */
    private void resolveAgain(Service service, URI url) {
        try {
            resolve(service, url);
        } catch (RuntimeException | Error e) {
            log.warn(
                    "Instances of {} could not be resolved, retrying: {}",
                    service.wireName(),
                    RedactedException.types(e));
        }
    }

    void resolve(Service service, URI url) {
        List<URI> all;
        try {
            all = Arrays.stream(resolver.addresses(url.getHost()))
                    .map(InetAddress::getHostAddress)
                    .distinct()
                    .sorted()
                    .map(address -> at(url, address))
                    .toList();
        } catch (UnknownHostException e) {
            // Keeps the known instances, because perhaps only the name server is unavailable.
            return;
        }
        of(service).are(all, all.size() == 1 ? all : best(all));
    }

    /** The result of an instance's probe, best first. */
    private enum ProbeResult {
        READY,
        /** No answer in time. The instance may only be slow, as on an overloaded machine. */
        SILENCE,
        NOT_READY
    }

    private List<URI> best(List<URI> all) {
        Map<URI, CompletableFuture<ProbeResult>> probes =
                all.stream().collect(Collectors.toMap(Function.identity(), this::probe));
        TreeMap<ProbeResult, List<URI>> answers = probes.entrySet().stream()
                .collect(Collectors.groupingBy(
                        one -> one.getValue().join(),
                        TreeMap::new,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        return answers.firstEntry().getValue();
    }

    private CompletableFuture<ProbeResult> probe(URI instance) {
        HttpRequest question = HttpRequest.newBuilder(instance.resolve("/actuator/health/readiness"))
                .timeout(PATIENCE)
                .build();
        return client.sendAsync(question, HttpResponse.BodyHandlers.discarding())
                // The time limit above covers only the headers.
                .orTimeout(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, error) -> {
                    if (error == null) {
                        return answer.statusCode() == 200 ? ProbeResult.READY : ProbeResult.NOT_READY;
                    }
                    return error instanceof TimeoutException || error.getCause() instanceof HttpTimeoutException
                            ? ProbeResult.SILENCE
                            : ProbeResult.NOT_READY;
                });
    }

    private static URI at(URI url, String address) {
        String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
        return UriComponentsBuilder.fromUri(url).host(host).build(true).toUri();
    }

    /** Takes turns among the instances of one service. */
    static final class RoundRobin {

        private record KnownInstance(List<URI> all, List<URI> best) {

            List<URI> candidates() {
                return best.isEmpty() ? all : best;
            }
        }

        private final AtomicInteger count = new AtomicInteger();
        private volatile KnownInstance known;

        RoundRobin(List<URI> instances) {
            this.known = new KnownInstance(instances, instances);
        }

        /** @param best the instances that receive requests; all of them if this is empty */
        void are(List<URI> all, List<URI> best) {
            known = new KnownInstance(all, best);
        }

        List<URI> all() {
            return known.all();
        }

        URI next() {
            List<URI> candidates = known.candidates();
            return candidates.get(Math.floorMod(count.getAndIncrement(), candidates.size()));
        }

        void unreachable(URI instance) {
            KnownInstance now = known;
            known = new KnownInstance(
                    now.all(),
                    now.candidates().stream()
                            .filter(one -> !one.equals(instance))
                            .toList());
        }
    }
}
