package org.openingminute.gateway.edge;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Refuses paths that another server might read differently. Routing is safe only if gateway and service see the same path:
 * {@code /api/..;/internal} is below {@code /api} here, but {@code /internal} in a servlet container.
 */
public final class PathGuard {

    private static final Set<String> INTERNAL = Set.of("internal", "actuator");

    private PathGuard() {}

    /**
     * Whether every server reads a path alike.
     *
     * @param rawPath the path as it was sent, still encoded, without the query
     */
    public static boolean isPlain(String rawPath) {
        if (!rawPath.startsWith("/") || rawPath.chars().anyMatch(c -> c == ';' || c == '\\' || c > '~')) {
            return false;
        }
        String[] segments = rawPath.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            if (!(segments[i].isEmpty() ? last : isPlainSegment(segments[i]))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a path is a service's internal one, which only the gateway itself may call, whatever a route declares.
     *
     * @param rawPath a path for which {@link #isPlain} is true
     */
    public static boolean isInternal(String rawPath) {
        int end = rawPath.indexOf('/', 1);
        return INTERNAL.contains(decoded(rawPath.substring(1, end < 0 ? rawPath.length() : end)));
    }

    private static boolean isPlainSegment(String raw) {
        String segment;
        try {
            segment = decoded(raw);
        } catch (IllegalArgumentException e) {
            return false;
        }
        return !segment.equals(".")
                && !segment.equals("..")
                && segment.chars().noneMatch(c -> c == '/' || c == '\\' || c < 0x20 || c == 0x7f || c == 0xfffd);
    }

    /** Decodes a segment. The decoder turns a plus into a space, which makes no difference here. */
    private static String decoded(String raw) {
        return raw.indexOf('%') < 0 ? raw : URLDecoder.decode(raw, StandardCharsets.UTF_8);
    }
}
