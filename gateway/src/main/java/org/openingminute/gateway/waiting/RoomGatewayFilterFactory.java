package org.openingminute.gateway.waiting;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The route filter {@code Room}, for routes to registrations and their form with {@code {slug}} in the path. While the room is open, nobody
 * reaches the form without an admission. A request that sends a registration is passed on, because only registration-service can
 * distinguish a repeated registration, and a form with an admission of its own, from one that must be refused.
 */
@Component
final class RoomGatewayFilterFactory extends AbstractGatewayFilterFactory<Object> {

    private final Rooms rooms;
    private final RoomCookies cookies;

    RoomGatewayFilterFactory(Rooms rooms, RoomCookies cookies) {
        super(Object.class);
        this.rooms = rooms;
        this.cookies = cookies;
    }

    @Override
    public GatewayFilter apply(Object none) {
        return this::filter;
    }

    private Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        String conference =
                ServerWebExchangeUtils.getUriTemplateVariables(exchange).getOrDefault("slug", "");
        Optional<LiveRoom> room = rooms.of(conference);
        if (room.isEmpty()) {
            return chain.filter(exchange);
        }
        ServerHttpRequest request = exchange.getRequest();
        if (room.get().copy().isOff()) {
            if (HttpMethod.GET.equals(request.getMethod())) {
                room.get().cameToForm();
            }
            return chain.filter(exchange);
        }
        Optional<Admission> admission = cookies.admission(conference, request);
        ServerHttpResponse response = exchange.getResponse();
        if (admission.isEmpty() && !HttpMethod.POST.equals(request.getMethod())) {
            response.setStatusCode(HttpStatus.SEE_OTHER);
            response.getHeaders().setLocation(URI.create(pageOf(conference)));
            return response.setComplete();
        }
        admission.ifPresent(good -> response.beforeCommit(() -> {
            answered(good, response);
            return Mono.empty();
        }));
        return chain.filter(exchange);
    }

    /** The path of the waiting page. */
    static String pageOf(String conference) {
        return "/waiting-room/" + conference;
    }

    /**
     * Extends the admission after a 503, even for the form, so that the refusal costs nobody time. After a registration, removes the
     * browser's place so that it can take another. The admission remains, because a cancellation makes it valid again.
     */
    private void answered(Admission admission, ServerHttpResponse response) {
        if (HttpStatus.SERVICE_UNAVAILABLE.equals(response.getStatusCode())) {
            Admission longer = admission.extended();
            String token = cookies.sign(longer);
            if (longer.inBrowser()) {
                response.addCookie(cookies.admission(longer, token));
            } else {
                response.getHeaders().set(RoomCookies.ADMISSION_HEADER, token);
            }
        } else if (admission.inBrowser() && isRegistered(response)) {
            response.addCookie(cookies.noPlace(admission.scope()));
        }
    }

    private static boolean isRegistered(ServerHttpResponse response) {
        @Nullable URI location = response.getHeaders().getLocation();
        return location != null && location.getPath().contains("/registrations/");
    }
}
