package org.openingminute.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.openingminute.local.TestSystems;

/** How much a benchmark measures. */
public enum Form {
    /** Whether the benchmark itself works; its figures mean nothing. */
    SMOKE,
    /** A look. */
    SMALL,
    /** The one whose figures are told. */
    FULL;

    /** The one that was asked for, by the property {@code benchmark}. */
    public static Form chosen() {
        String name = System.getProperty("benchmark", "smoke");
        for (Form form : values()) {
            if (form.words().equals(name)) {
                return form;
            }
        }
        throw new IllegalArgumentException("the benchmark is small or full, not '" + name + "'");
    }

    /** What a page calls it. */
    public String words() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its own of three. */
    public <P> P of(P smoke, P small, P full) {
        return switch (this) {
            case SMOKE -> smoke;
            case SMALL -> small;
            case FULL -> full;
        };
    }

    /** What is typed for it. */
    String command(String benchmark) {
        return "./test benchmark" + (benchmark.equals("admission") ? "" : " " + benchmark)
                + (this == FULL ? " full" : "");
    }

    /**
     * Writes a benchmark's page and picture to {@code benchmarks/results}, and prints the page.
     *
     * @param benchmark its name, also that of the files
     * @param folder where those of the smoke test go
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
