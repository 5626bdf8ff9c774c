package org.openingminute.gateway.status;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.PublicAnswer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.info.GitProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Says which build is running. */
@RestController
class VersionController {

    /** Short, so that the next build is seen soon. */
    private static final Duration KEPT = Duration.ofSeconds(10);

    private final ResponseEntity<byte[]> answer;

    VersionController(Build build, JsonMapper json) {
        answer = PublicAnswer.of(MediaType.APPLICATION_JSON, json.writeValueAsBytes(build), KEPT);
    }

    @GetMapping("/api/version")
    ResponseEntity<byte[]> version() {
        return answer;
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
