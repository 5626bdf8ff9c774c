package org.openingminute.local.page;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Writes lines and tables in Markdown. */
public class Page {

    private final StringBuilder written = new StringBuilder();

    public final void line(String format, Object... values) {
        written.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    /** The head of a table. */
    public final void table(String... heads) {
        row(heads);
        row(Arrays.stream(heads).map(_ -> "---").toArray(String[]::new));
    }

    public final void row(String... cells) {
        line("%s", "| " + String.join(" | ", cells) + " |");
    }

    /** Writes a line that describes this machine. */
    public final void machine(String alsoSaid) {
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        line(
                "- %d processors, %.0f GB of memory, %s %s (%s), JDK %s. %s",
                machine.getAvailableProcessors(),
                machine.getTotalMemorySize() / 1e9,
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.version(),
                alsoSaid);
    }

    /** The commit that is checked out. */
    public static String commit(Path checkout) throws InterruptedException {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*")
                    .directory(checkout.toFile())
                    .start();
            String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? commit : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }

    @Override
    public final String toString() {
        return written.toString();
    }
}
