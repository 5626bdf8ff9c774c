package org.openingminute.gateway.ops;

import java.time.Duration;
import org.openingminute.gateway.problem.PublicAnswer;
import org.openingminute.kit.runtime.BuildInfo;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Reports which build is running. */
@RestController
class VersionController {

    /** Short, so that a new build is visible soon. */
    private static final Duration KEPT = Duration.ofSeconds(10);

    private final ResponseEntity<byte[]> answer;

    VersionController(BuildInfo build, JsonMapper json) {
        answer = PublicAnswer.of(MediaType.APPLICATION_JSON, json.writeValueAsBytes(build), KEPT);
    }

    @GetMapping("/api/version")
    ResponseEntity<byte[]> version() {
        return answer;
    }
}
