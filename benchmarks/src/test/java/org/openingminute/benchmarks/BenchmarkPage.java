package org.openingminute.benchmarks;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.openingminute.local.TestSystems;
import org.openingminute.local.page.Page;

/** The sections that the pages of all benchmarks share. */
public abstract class BenchmarkPage extends Page {

    /** The settings of PostgreSQL that pages show. */
    protected static final List<String> SETTINGS = List.of(
            "server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size");

    private final String benchmark;
    private final Form form;

    /** @param benchmark its name in the command and in its files' names */
    protected BenchmarkPage(String benchmark, Form form) {
        this.benchmark = benchmark;
        this.form = form;
    }

    /**
     * Writes the heading and the picture.
     *
     * @param picture description of the picture
     */
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
     * Writes the first lines of the last section.
     *
     * @param sizes further sizes of the measurement; empty for none
     * @param onMachine the parts that run on this machine
     */
    protected final void circumstances(String sizes, String onMachine) throws InterruptedException {
        line("## Circumstances");
        line(
                "- %s; commit %s; %s form%s.",
                LocalDate.now(ZoneOffset.UTC), commit(TestSystems.CHECKOUT), form.words(), sizes);
        machine(onMachine);
    }
}
