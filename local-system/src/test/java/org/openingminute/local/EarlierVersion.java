package org.openingminute.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.openingminute.local.Programs.JavaCommand;
import org.openingminute.local.Supervised.Part;

/** An earlier version of the software, built from a commit in this checkout's history. */
public final class EarlierVersion {

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(20);
    private static final Duration GIT_LIMIT = Duration.ofMinutes(1);

    private final Path checkout;

    private EarlierVersion(Path checkout) {
        this.checkout = checkout;
    }

    /** Builds a commit, unless it was built since the last {@code clean}. In a shallow clone the calling test is skipped. */
    public static EarlierVersion at(String commit) throws IOException, InterruptedException {
        Path present = TestSystems.CHECKOUT.toAbsolutePath().normalize();
        String shallow = output("git", "-C", present.toString(), "rev-parse", "--is-shallow-repository");
        Assumptions.assumeTrue(
                shallow.equals("false"),
                "this needs the history, and here is a shallow clone, or none at all: " + shallow);
        Path built = present.resolve("local-system/target/at-" + commit.substring(0, 8));
        if (!Files.exists(built)) {
            Path unfinished = built.resolveSibling(built.getFileName() + ".unfinished");
            Programs.delete(unfinished);
            Files.createDirectories(unfinished);
            Path log = unfinished.resolveSibling(unfinished.getFileName() + ".log");
            shell(
                    "unpacking " + commit,
                    "git -C \"$1\" archive \"$2\" | tar -x -C \"$3\"",
                    log,
                    GIT_LIMIT,
                    present.toString(),
                    commit,
                    unfinished.toString());
            shell("building " + commit, """
                    cd "$1" && JAVA_HOME="$2" MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" ./mvnw -B -q package \\
                      -DskipTests -Dspotless.check.skip=true -Dcyclonedx.skip=true -pl local-system -am
                    """, log, BUILD_LIMIT, unfinished.toString(), System.getProperty("java.home"));
            Files.move(unfinished, built);
        }
        return new EarlierVersion(built);
    }

    /** The given settings for a system of this version. */
    public Settings in(Settings settings) {
        return TestSystems.of(checkout, settings);
    }

    /**
     * Starts an instance of a service beside the running one, with the same variables except for the database's user.
     *
     * @param user the database user, whose password equals the name
     */
    public Instance startBeside(LocalSystem system, String service, String user)
            throws IOException, InterruptedException {
        Path data = system.settings().dataFolder();
        Children children = new Children(data);
        Map<String, String> environment = new HashMap<>(environment(system.pid(service)));
        environment.putAll(Map.of("SERVER_PORT", "0", "DATABASE_USER", user, "DATABASE_PASSWORD", user));
        // Without a class archive: instances of a stopped system may have left one that was created with other options.
        List<String> command = List.of(
                JavaCommand.java().toString(),
                children.mark(),
                "-Djava.io.tmpdir=" + data.resolve("tmp"),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                new Programs(checkout).service(service).toString());
        Part part = new Part(service, List.of(), command, environment, () -> true, "TERM");
        Path log = data.resolve("logs").resolve("earlier-" + service + ".log");
        return new Instance(children.start(part, log), log);
    }

    /** An instance of a service that is not restarted. It must be closed before the system. */
    public record Instance(Process process, Path log) implements AutoCloseable {

        /** Whether it ends by itself and with an error. */
        public boolean fails(Duration within) throws InterruptedException {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() != 0;
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }

    private static Map<String, String> environment(long pid) throws IOException {
        return Arrays.stream(Files.readString(Path.of("/proc", Long.toString(pid), "environ"))
                        .split("\0"))
                .map(variable -> variable.split("=", 2))
                .collect(Collectors.toMap(variable -> variable[0], variable -> variable[1]));
    }

    private static void shell(String what, String script, Path log, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "set -e\n" + script, "sh"));
        command.addAll(List.of(arguments));
        Children.run(what, command, log, limit);
    }

    /** The output of a command without the last line break; the error output if it fails. */
    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed.strip();
    }
}
