package org.openingminute.local.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.local.benchmark.Workload.Sale;
import org.openingminute.local.benchmark.Workload.Shape;
import org.openingminute.local.endtoend.WholeSystem;

class AdmissionBenchmark {

    @Test
    void first_look() throws Exception {
        try (WholeSystem.Running running = WholeSystem.Running.start();
                Bench bench = new Bench(running.system(), running.password(), true)) {
            Duration run = Duration.ofMillis(Integer.getInteger("millis", 3000));
            Map<Shape, UUID> kinds = bench.kinds();
            System.out.println(bench.database().rowsPerRegistration(Templates.CONFERENCE));
            Path folder = Files.createTempDirectory("pgbench");
            Pgbench pgbench = Pgbench.find(folder, bench.inside(), new Templates(bench.database()))
                    .orElseThrow();
            System.out.println(pgbench.version());
            for (int i = 0; i < 2; i++) {
                for (int c : new int[] {8, 32}) {
                    Sale sale = bench.sale("pgbench", Bench.MANY);
                    bench.withQuotas(sale);
                    show("pgbench " + c, bench.measured(sale, () -> pgbench.run(sale, kinds, c, run)));
                }
                for (int c : new int[] {8, 32}) {
                    try (NaiveJdbc naive = bench.naive(c)) {
                        closed(bench, naive, 64, run);
                    }
                }
                for (int c : new int[] {64, 512}) {
                    closed(bench, bench.inProcess(), c, run);
                    closed(bench, bench.service(), c, run);
                    closed(bench, bench.serviceDoingNothing(), c, run);
                    closed(bench, bench.gateway(), c, run);
                    closed(bench, bench.gatewayDoingNothing(), c, run);
                }
            }
        }
    }

    private static void closed(Bench bench, Contender contender, int clients, Duration run) throws Exception {
        Sale sale = bench.sale("closed", Bench.MANY);
        show(contender.name() + " " + clients, bench.measured(sale, () -> Load.closed(contender, sale, clients, run)));
        if (bench.database().registrations(sale.slug()).size() > 0) {
            System.out.println(bench.database().rowsPerRegistration(sale.slug()));
        }
    }

    private static void show(String what, Measured m) {
        System.out.printf(
                "%s: %.0f/s p50 %.1f p99 %.1f p99.9 %.1f ms, refused %d no %d unsure %d cpu %s%n",
                what,
                m.perSecond(),
                m.millis(50),
                m.millis(99),
                m.millis(99.9),
                m.refused(),
                m.saidNo(),
                m.unsure(),
                m.cpu());
    }
}
