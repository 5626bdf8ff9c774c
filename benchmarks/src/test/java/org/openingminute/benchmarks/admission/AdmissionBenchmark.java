package org.openingminute.benchmarks.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.benchmarks.Form;
import org.openingminute.benchmarks.admission.Results.Part;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Measures admission: {@code ./test benchmark} and {@code ./test benchmark full} write {@code benchmarks/results}; {@code
 * -Dbenchmark=smoke} only checks that the benchmark works. The gate compiles it and does not run it. It fails if replies and tables
 * disagree, never because of a figure.
 */
class AdmissionBenchmark {

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void tables_hold_each_answer_of_every_candidate() throws Exception {
        Form form = Form.chosen();
        Plan plan = Plan.of(form);
        try (Running running = Running.start(Map.of());
                Bench bench = new Bench(running.system(), running.password(), plan.alone())) {
            Results results = new BenchmarkRun(bench, plan, folder).run();
            String page = Report.page(form, results, bench.database());
            form.write(Report.NAME, page, Picture.svg(plan, results), folder);
            assertThat(results.lines(line -> line.part() == Part.CLOSED)).hasSizeGreaterThanOrEqualTo(6);
            assertThat(page).contains("admission, in process", "Circumstances").doesNotContain("NaN");
        }
    }
}
