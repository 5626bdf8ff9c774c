package org.openingminute.gateway.edge;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Refuses paths that another server might read differently. Unless the gateway matches the same path that the service
 * sees, a route can be bypassed: {@code /api/..;/internal} is below {@code /api} here, but {@code /internal} in a
 * servlet container.
 */
public final class PathGuard {

    private static final Set<String> INSIDE = Set.of("internal", "actuator");

    private PathGuard() {}

    /**
     * True for a path that every server reads alike.
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
     * True for a path of the inside of a service, which is for the gateway alone, whatever a route says.
     *
     * @param rawPath a plain one
     */
    public static boolean isInside(String rawPath) {
        return INSIDE.contains(URLDecoder.decode(rawPath.split("/", 3)[1], StandardCharsets.UTF_8));
    }

    private static boolean isPlainSegment(String raw) {
        String segment;
        try {
            // The decoder reads a plus as a space; neither matters here.
            segment = URLDecoder.decode(raw, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return false;
        }
        return !segment.equals(".")
                && !segment.equals("..")
                && segment.chars().noneMatch(c -> c == '/' || c == '\\' || c < 0x20 || c == 0x7f || c == 0xfffd);
    }
}
