package org.openingminute.kit.runtime;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.info.GitProperties;

/**
 * The version, commit and time of a build. A value that was unavailable to the build, such as the commit outside of a checkout, is
 * {@code unknown}. Immutable.
 *
 * @param version the project's version
 * @param commit the full commit id
 * @param builtAt the time of the build, RFC 3339 in UTC
 */
public record BuildInfo(String version, String commit, String builtAt) {

    private static final String UNKNOWN = "unknown";

    static BuildInfo of(@Nullable BuildProperties build, @Nullable GitProperties git) {
        return new BuildInfo(
                known(build == null ? null : build.getVersion()),
                known(git == null ? null : git.getCommitId()),
                known(build == null ? null : build.getTime()));
    }

    private static String known(@Nullable Object value) {
        return Objects.toString(value, UNKNOWN);
    }
}
