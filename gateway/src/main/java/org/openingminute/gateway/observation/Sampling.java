package org.openingminute.gateway.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Decides whether a request is traced before anything is observed: as its caller says, otherwise at random. A request that is not traced
 * costs no observation; it only has a trace id, and {@link RequestTimes} records its duration.
 */
@Component
final class Sampling implements ObservationPredicate {

    private final double share;

    Sampling(@Value("${management.tracing.sampling.probability}") double share) {
        this.share = share;
    }

    @Override
    public boolean test(String name, Observation.Context context) {
        return !(context instanceof ServerRequestObservationContext request)
                || Optional.ofNullable(request.getCarrier())
                        .flatMap(TraceParent::of)
                        .map(TraceParent::isSampled)
                        .orElseGet(() -> ThreadLocalRandom.current().nextDouble() < share);
    }
}
