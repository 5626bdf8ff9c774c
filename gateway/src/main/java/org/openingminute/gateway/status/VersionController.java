package org.openingminute.gateway.status;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.info.GitProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says which build is running. */
@RestController
class VersionController {

    private final Build build;

    VersionController(Build build) {
        this.build = build;
    }

    @GetMapping("/api/version")
    Build version() {
        return build;
    }

    @Configuration(proxyBeanMethods = false)
    static class BuildConfiguration {

        @Bean
        Build build(ObjectProvider<BuildProperties> build, ObjectProvider<GitProperties> git) {
            @Nullable BuildProperties built = build.getIfAvailable();
            @Nullable GitProperties from = git.getIfAvailable();
            return new Build(
                    known(built == null ? null : built.getVersion()),
                    known(from == null ? null : from.getCommitId()),
                    known(
                            built == null || built.getTime() == null
                                    ? null
                                    : built.getTime().toString()));
        }

        private static String known(@Nullable String value) {
            return Optional.ofNullable(value).orElse("unknown");
        }
    }
}
