package org.openingminute.notification.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

class ProblemAdviceTest {

    /** The table of the HTTP contract. */
    private static final Set<String> PUBLISHED = Set.of(
            "malformed 400",
            "unauthenticated 401",
            "forbidden 403",
            "not-found 404",
            "not-allowed-now 409",
            "changed 412",
            "too-large 413",
            "unsupported-media-type 415",
            "invalid 422",
            "idempotency-key-reused 422",
            "rate-limited 429",
            "unavailable 503");

    @Test
    void every_code_is_one_of_the_contract_with_its_status() {
        assertThat(Arrays.stream(ProblemCode.values())
                        .map(code -> code.code() + " " + code.status().value())
                        .collect(Collectors.toSet()))
                .isEqualTo(PUBLISHED);
    }

    @Test
    void a_mistake_of_ours_may_be_tried_again_and_tells_nothing() {
        ResponseEntity<ProblemDetail> answer =
                new ProblemAdvice().failed(new IllegalStateException("select secret from host-17"));

        assertThat(answer.getStatusCode().value()).isEqualTo(503);
        assertThat(answer.getHeaders().getFirst("Retry-After")).isNotNull();
        ProblemDetail body = answer.getBody();
        assertThat(body).isNotNull().asString().doesNotContain("secret", "host-17", "IllegalState");
    }
}
