package org.openingminute.benchmarks.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.benchmarks.Form;
import org.openingminute.local.TestSystems;

/**
 * Measures the gateway: {@code ./test benchmark gateway} and {@code ./test benchmark gateway full} write {@code benchmarks/results}; {@code
 * -Dbenchmark=smoke} only checks that the benchmark works. It needs an installed nginx. It fails if a response or the number of upstream
 * requests is wrong, never because of a figure.
 */
class GatewayBenchmark {

    private static final String JAR = "gateway/target/gateway-0.1.0-SNAPSHOT-boot.jar";

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 50, unit = TimeUnit.MINUTES)
    void every_answer_is_the_one_that_is_due() throws Exception {
        Form form = Form.chosen();
        try (GatewayRun benchmark = new GatewayRun(GatewayPlan.of(form), TestSystems.CHECKOUT.resolve(JAR), folder)) {
            benchmark.run();
            String page = GatewayReport.page(form, benchmark, PageInSale.serviceMillis(GatewayPlan.of(form)));
            form.write(GatewayReport.NAME, page, GatewayReport.svg(benchmark), folder);
            assertThat(page).contains(Case.ROUTE.words(), "Circumstances").doesNotContain("NaN");
        }
    }
}
