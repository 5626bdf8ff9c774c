package org.openingminute.registration.conferences;

import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;

/** ETags that contain the revision of a conference or a registration, alone or followed by a dash and a part for other content. */
public final class RevisionTag {

    private RevisionTag() {}

    /** Returns the tag for content that depends on the revision alone. */
    public static String of(long revision) {
        return "\"" + revision + "\"";
    }

    /** A tag for content that depends on more than the revision. */
    static String of(long revision, Object other) {
        return "\"" + revision + "-" + other + "\"";
    }

    /**
     * Parses the revision in an {@code If-Match} header; {@code null} if the header is absent or accepts any revision.
     *
     * @throws Problem {@code changed} if the tag contains no revision
     */
    public static @Nullable Long revision(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.equals("*")) {
            return null;
        }
        String tag = ifMatch.replace("W/", "").replace("\"", "");
        int dash = tag.indexOf('-');
        try {
            return Long.parseLong(dash < 0 ? tag : tag.substring(0, dash));
        } catch (NumberFormatException e) {
            throw new Problem(CommonProblem.CHANGED, "This is the ETag of no revision.");
        }
    }
}
