package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.registration.SaleProblem;

/** Proves the reasons by which refusals are counted, without a running service. */
class AdmissionMetricsTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AdmissionMetrics metrics = new AdmissionMetrics(meters);

    /** The alert on failing requests ignores seats freed a moment ago. */
    @Test
    void withheld_seat_and_full_queue_are_counted_apart() {
        metrics.decidedAgainst(CommonProblem.UNAVAILABLE);
        metrics.decidedAgainst(SaleProblem.SOLD_OUT);
        metrics.refused(CommonProblem.UNAVAILABLE);
        metrics.refused(CommonProblem.UNAVAILABLE);

        assertThat(refusals("unavailable", "gap")).isEqualTo(1);
        assertThat(refusals("sold-out", "batch")).isEqualTo(1);
        assertThat(refusals("unavailable", "batch")).isEqualTo(2);
    }

    private double refusals(String reason, String by) {
        return meters.get("admission.refusals")
                .tags("reason", reason, "by", by)
                .counter()
                .count();
    }
}
