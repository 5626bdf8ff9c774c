package org.openingminute.benchmarks;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.openingminute.local.TestSystems;
import org.openingminute.local.page.Page;

/** What the pages of all benchmarks have. */
public abstract class BenchmarkPage extends Page {

    /** Of PostgreSQL. */
    protected static final List<String> SETTINGS = List.of(
            "server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size");

    private final String benchmark;
    private final Form form;

    /** @param benchmark as it stands in its command and in its files' names */
    protected BenchmarkPage(String benchmark, Form form) {
        this.benchmark = benchmark;
        this.form = form;
    }

    /** @param picture what it shows */
    protected final void begin(String title, String picture) {
        line("# %s", title);
        line("");
        line(
                "Written by `%s`; read [what was measured and how](#circumstances) before the figures.",
                form.command(benchmark));
        line("");
        line("![%s; the figures are in the tables below.](%s.svg)", picture, benchmark);
        line("");
    }

    protected final void targets(List<Target> targets) {
        line("## Targets");
        table("target", "measured", "wanted", "");
        for (Target target : targets) {
            row(target.what(), target.is(), target.wanted(), target.reached() ? "reached" : "**not reached**");
        }
        line("");
    }

    /**
     * The first lines of the last section.
     *
     * @param sizes what else is to be said of how much was measured, or nothing
     * @param onMachine what runs on the machine
     */
    protected final void circumstances(String sizes, String onMachine) throws InterruptedException {
        line("## Circumstances");
        line(
                "- %s; commit %s; %s form%s.",
                LocalDate.now(ZoneOffset.UTC), commit(TestSystems.CHECKOUT), form.words(), sizes);
        machine(onMachine);
    }
}
