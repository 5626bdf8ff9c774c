package org.openingminute.gateway.limits;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** Calls, written {@code GET /api/conferences/*}, or as a path alone where any method is meant. {@code HEAD} counts as {@code GET}. */
final class CallPatterns {

    private final List<Call> calls;

    /** @throws IllegalArgumentException if one cannot be read */
    CallPatterns(List<String> written) {
        calls = written.stream().map(CallPatterns::read).toList();
    }

    private record Call(@Nullable HttpMethod method, PathPattern path) {}

    private static Call read(String written) {
        String[] parts = written.strip().split(" +", 2);
        String path = parts[parts.length - 1];
        try {
            PathPattern pattern = PathPatternParser.defaultInstance.parse(path);
            if (path.startsWith("/")) {
                return new Call(parts.length == 2 ? HttpMethod.valueOf(parts[0]) : null, pattern);
            }
        } catch (PatternParseException e) {
            throw new IllegalArgumentException(unreadable(written), e);
        }
        throw new IllegalArgumentException(unreadable(written));
    }

    private static String unreadable(String written) {
        return "A call reads 'GET /api/conferences/*', not '" + written + "'";
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
