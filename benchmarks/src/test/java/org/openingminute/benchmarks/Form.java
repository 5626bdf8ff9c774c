package org.openingminute.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.openingminute.local.TestSystems;

/** The size of a benchmark. */
public enum Form {
    /** Only checks that the benchmark works; its figures mean nothing. */
    SMOKE,
    /** A quick estimate. */
    SMALL,
    /** The complete measurement, whose figures are published. */
    FULL;

    /** Returns the form named by the system property {@code benchmark}. */
    public static Form chosen() {
        String name = System.getProperty("benchmark", "smoke");
        for (Form form : values()) {
            if (form.words().equals(name)) {
                return form;
            }
        }
        throw new IllegalArgumentException("the benchmark is small or full, not '" + name + "'");
    }

    /** Returns its name on pages. */
    public String words() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the argument of this form. */
    public <P> P of(P smoke, P small, P full) {
        return switch (this) {
            case SMOKE -> smoke;
            case SMALL -> small;
            case FULL -> full;
        };
    }

    /** Returns the command that runs it. */
    String command(String benchmark) {
        return "./test benchmark" + (benchmark.equals("admission") ? "" : " " + benchmark)
                + (this == FULL ? " full" : "");
    }

    /**
     * Writes a benchmark's page and picture to {@code benchmarks/results}, and prints the page.
     *
     * @param benchmark its name, also in the files' names
     * @param folder the folder for the files of the smoke form
     */
    public void write(String benchmark, String page, String picture, Path folder) throws IOException {
        Path to = this == SMOKE
                ? folder
                : TestSystems.CHECKOUT.resolve("benchmarks").resolve("results");
        Files.createDirectories(to);
        Files.writeString(to.resolve(benchmark + ".md"), page);
        Files.writeString(to.resolve(benchmark + ".svg"), picture);
        System.out.println(page);
    }
}
