package org.openingminute.gateway.request;

import java.util.Arrays;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Reads cookies from the header itself. A request caches its cookies when it is asked for them, but those of staff are replaced later. */
public final class RequestCookies {

    private RequestCookies() {}

    /** The value of the first cookie with that name. */
    public static Optional<String> first(ServerHttpRequest request, String name) {
        return request.getHeaders().getOrEmpty(HttpHeaders.COOKIE).stream()
                .flatMap(header -> Arrays.stream(header.split(";", -1)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst();
    }
}
