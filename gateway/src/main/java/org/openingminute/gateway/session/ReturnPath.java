package org.openingminute.gateway.session;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The address at which a browser continues after sign-in: always a path of this site, never another site. */
final class ReturnPath {

    private static final int LONGEST = 2_000;

    private ReturnPath() {}

    /** The path with its query if it belongs to this site; empty otherwise. */
    static Optional<String> of(@Nullable String to) {
        return Optional.ofNullable(to).filter(ReturnPath::isPlain).filter(ReturnPath::isPath);
    }

    /** Browsers ignore tabs and line breaks, and treat a backslash as a slash; two slashes begin another host's name. */
    private static boolean isPlain(String to) {
        return to.length() <= LONGEST
                && to.startsWith("/")
                && !to.startsWith("//")
                && to.chars().allMatch(c -> c > ' ' && c <= '~' && c != '\\');
    }

    private static boolean isPath(String to) {
        try {
            URI uri = URI.create(to);
            return uri.getRawAuthority() == null && !uri.isAbsolute();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
