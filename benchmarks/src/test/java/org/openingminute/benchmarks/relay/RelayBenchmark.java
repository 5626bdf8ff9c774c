package org.openingminute.benchmarks.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.benchmarks.Form;
import org.openingminute.local.ServersAlone;

/**
 * Measures the relay: {@code ./test benchmark relay} and {@code ./test benchmark relay full} write {@code benchmarks/results}; {@code
 * -Dbenchmark=smoke} only checks that the benchmark works. It fails if a message is missing, never because of a figure.
 */
class RelayBenchmark {

    private static final String DATABASE = "benchmark";

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void every_candidate_sends_all_that_was_committed() throws Exception {
        Form form = Form.chosen();
        RelayPlan plan = RelayPlan.of(form);
        try (ServersAlone servers = new ServersAlone(folder.toRealPath(), List.of(DATABASE));
                RelayRun benchmark = new RelayRun(plan, servers.database(DATABASE), servers.brokers(), folder)) {
            Figures figures = benchmark.run();
            String page = RelayReport.page(form, benchmark, figures);
            form.write(RelayReport.NAME, page, RelayPicture.svg(figures), folder);
            assertThat(page).contains("this relay", "Circumstances").doesNotContain("NaN");
        }
    }
}
