package org.openingminute.gateway.limits;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Patterns of calls, written {@code GET /api/conferences/*}, or as a path alone for any method. {@code HEAD} counts as {@code GET}. */
final class CallPatterns {

    private final List<Call> calls;

    CallPatterns(List<String> written) {
        calls = written.stream().map(CallPatterns::read).toList();
    }

    private record Call(@Nullable HttpMethod method, PathPattern path) {}

    private static Call read(String written) {
        String[] parts = written.split(" ", 2);
        PathPattern path = PathPatternParser.defaultInstance.parse(parts[parts.length - 1]);
        return new Call(parts.length == 2 ? HttpMethod.valueOf(parts[0]) : null, path);
    }

    boolean match(ServerHttpRequest request) {
        PathContainer path = request.getPath().pathWithinApplication();
        HttpMethod method = HttpMethod.HEAD.equals(request.getMethod()) ? HttpMethod.GET : request.getMethod();
        for (Call call : calls) {
            if ((call.method == null || call.method.equals(method)) && call.path.matches(path)) {
                return true;
            }
        }
        return false;
    }
}
