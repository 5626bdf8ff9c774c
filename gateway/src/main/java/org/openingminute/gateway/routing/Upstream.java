package org.openingminute.gateway.routing;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.routing.Bulkheads.Work;
import org.openingminute.kit.startup.CannotStart;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * The configuration of a route's calls: the service in the URI, as {@code lb://payment-service}, and the rest in the route's metadata.
 * Immutable.
 *
 * @param budget how long the service may take to the first byte of its answer, and from each piece to the next
 * @param work the kind of all calls of the route; if empty, the method decides between reads and writes
 */
record Upstream(Service service, Duration budget, Optional<Work> work) {

    private static final String BUDGET = "budget";
    private static final String WORK = "work";
    private static final Set<String> METADATA = Set.of(BUDGET, WORK);

    /** @throws CannotStart if the route lacks a value or has an invalid one */
    static Upstream of(RouteDefinition route) {
        Set<String> unknown = new TreeSet<>(route.getMetadata().keySet());
        unknown.removeAll(METADATA);
        if (!unknown.isEmpty()) {
            throw new CannotStart("metadata." + String.join(", ", unknown) + " is unknown");
        }
        return new Upstream(
                serviceOf(route),
                budget(route.getMetadata().get(BUDGET)),
                Optional.ofNullable(route.getMetadata().get(WORK)).map(Upstream::workNamed));
    }

    private static Service serviceOf(RouteDefinition route) {
        return Optional.ofNullable(route.getUri())
                .filter(uri -> "lb".equals(uri.getScheme()))
                .flatMap(uri -> Service.named(uri.getHost()))
                .orElseThrow(() -> new CannotStart("uri is not lb:// and the name of a service"));
    }

    private static Duration budget(@Nullable Object declared) {
        if (declared == null) {
            throw new CannotStart("metadata.budget is missing");
        }
        try {
            return DurationStyle.detectAndParse(declared.toString());
        } catch (IllegalArgumentException e) {
            throw new CannotStart("metadata.budget is not a duration");
        }
    }

    private static Work workNamed(Object declared) {
        return Arrays.stream(Work.values())
                .filter(work -> work.wireName().equals(declared))
                .findFirst()
                .orElseThrow(() -> new CannotStart("metadata.work is not one of "
                        + Arrays.stream(Work.values()).map(Work::wireName).collect(Collectors.joining(", "))));
    }
}
