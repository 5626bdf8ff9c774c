package org.openingminute.gateway.ops;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Joins the lists of all services into one page, newest first. The items of a service that does not answer are missing, and the page says
 * so.
 */
final class JoinedPage {

    private final ServiceCall services;
    /** The sort key of an item; the keys of all services are comparable. */
    private final Function<ObjectNode, String> order;

    JoinedPage(ServiceCall services, Function<ObjectNode, String> order) {
        this.services = services;
        this.order = order;
    }

    /** @param reply {@code null} for a service that did not answer */
    private record ServicePart(Service service, @Nullable ObjectNode reply) {

        List<ObjectNode> items() {
            List<ObjectNode> items = new ArrayList<>();
            if (reply != null) {
                reply.path("items").forEach(item -> items.add((ObjectNode) item));
            }
            return items;
        }

        boolean goesOn() {
            return reply != null
                    && !reply.path("next").isNull()
                    && !reply.path("next").isMissingNode();
        }
    }

    /**
     * Joins the services' pages for a request.
     *
     * @param path the path of each service's own list, with its query
     * @param limit the maximum number of items
     */
    Mono<ObjectNode> of(String path, int limit, ServerHttpRequest request) {
        return Flux.fromArray(Service.values())
                .flatMapSequential(service -> services.get(service, path, request)
                        .map(reply -> new ServicePart(service, reply))
                        .defaultIfEmpty(new ServicePart(service, null)))
                .collectList()
                .map(parts -> joined(parts, limit));
    }

    private ObjectNode joined(List<ServicePart> parts, int limit) {
        // Items beyond the last one of an incomplete part are left out, because that part's own items may belong before
        // them.
        String end = parts.stream()
                .filter(part -> part.goesOn() && !part.items().isEmpty())
                .map(part -> order.apply(part.items().getLast()))
                .max(Comparator.naturalOrder())
                .orElse("");
        List<ObjectNode> all =
                parts.stream().flatMap(part -> part.items().stream()).toList();
        List<ObjectNode> page = all.stream()
                .filter(item -> order.apply(item).compareTo(end) >= 0)
                .sorted(Comparator.comparing(order).reversed())
                .limit(limit)
                .toList();
        ObjectNode joined = ServiceCall.object();
        joined.putArray("items").addAll(page);
        joined.putNull("next");
        ArrayNode states = joined.putArray("services");
        parts.forEach(part -> states.addObject()
                .put("service", part.service().wireName())
                .put("state", part.reply() == null ? "down" : "up"));
        if (page.size() < all.size() || parts.stream().anyMatch(ServicePart::goesOn)) {
            joined.put("next", page.getLast().path("id").asString());
        }
        return joined;
    }
}
