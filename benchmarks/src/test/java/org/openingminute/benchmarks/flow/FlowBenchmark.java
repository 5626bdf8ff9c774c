package org.openingminute.benchmarks.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.benchmarks.Form;
import org.openingminute.local.Settings;
import org.openingminute.local.containers.ContainerDeployment;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.flow.Deployment;
import org.openingminute.local.flow.Generator;
import org.openingminute.local.flow.ProcessDeployment;

/**
 * Measures the whole system: {@code ./test benchmark flow} and {@code ./test benchmark flow full} write {@code benchmarks/results}; {@code
 * -Dbenchmark=smoke} only checks that the benchmark works. It fails if a registration, a mail or money is missing or duplicated, never
 * because of a figure.
 */
class FlowBenchmark {

    static final String MAILS_PER_SECOND = "10000";

    private static final String LOOPBACK = "127.0.0.1";
    /** Containers cannot reach this machine by its loopback address. */
    private static final String ANYWHERE = "0.0.0.0";

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void every_finished_flow_is_confirmed_and_mailed_once() throws Exception {
        Form form = Form.chosen();
        String elsewhere = System.getProperty("system.url", "");
        try (Generator generator = elsewhere.isEmpty()
                        ? new Generator(LOOPBACK, 0)
                        : new Generator(ANYWHERE, Integer.getInteger("mail.port"));
                Running running = Running.start(Map.of(), settings -> measured(settings, generator))) {
            measure(
                    form,
                    running.api(),
                    generator,
                    elsewhere.isEmpty() ? new ProcessDeployment(running.system()) : new ContainerDeployment(elsewhere));
        }
    }

    private void measure(Form form, ApiClient api, Generator generator, Deployment deployment) throws Exception {
        FlowPlan plan = FlowPlan.of(form);
        try (FlowRun benchmark = new FlowRun(plan, deployment, generator, api)) {
            FlowFigures figures = benchmark.run();
            String page = FlowReport.page(form, benchmark, figures);
            form.write(FlowReport.NAME, page, FlowPicture.svg(figures, deployment.parts()), folder);
            assertThat(page).contains("Circumstances").doesNotContain("NaN");
        }
    }

    private static Settings measured(Settings settings, Generator generator) {
        return settings.with("postgres", SystemFixture.COUNTING)
                .with(
                        "notification-service",
                        Map.of(
                                "SMTP_HOST",
                                LOOPBACK,
                                "SMTP_PORT",
                                "" + generator.mailPort(),
                                "MAILS_PER_SECOND",
                                MAILS_PER_SECOND));
    }
}
