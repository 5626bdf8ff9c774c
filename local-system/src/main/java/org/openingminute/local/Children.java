package org.openingminute.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openingminute.local.Supervised.Part;

/**
 * Starts the processes of one data folder, and finds those that an earlier launcher left behind.
 *
 * <p>Each child has its own session, so that Ctrl-C reaches only the launcher, which stops everything in order. On Linux the kernel ends
 * the children of a killed launcher. Elsewhere, the next start finds remaining ones by their command line, which names the data folder.
 */
final class Children {

    private static final List<String> PASSED_ON = List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path dataFolder;
    /** The kernel ties a child to the thread that started it, so one long-lived thread starts them all. */
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("starter").factory());

    Children(Path dataFolder) {
        this.dataFolder = dataFolder;
    }

    /** Returns the argument that marks a process of this data folder. */
    String mark() {
        return "-Dservice.data=" + dataFolder;
    }

    /** Returns PostgreSQL's data folder, which is the last argument of its command line and identifies it. */
    Path postgresFolder() {
        return dataFolder.resolve("postgres");
    }

    Process start(Part part, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        onPath("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(part.command());
        try {
            return starter.submit(() -> builder(command, part.environment())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start())
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(part.name() + " cannot be started: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Runs a command until it ends.
     *
     * @param what its name in the message of a failure
     */
    static void run(String what, List<String> command, Path log, Duration limit)
            throws IOException, InterruptedException {
        Process process = builder(command, Map.of())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        if (!ended || process.exitValue() != 0) {
            throw new CannotRun(what + " failed:\n" + Files.readString(log).strip());
        }
    }

    /** Returns the prefix of a command that makes the kernel signal the process when the launcher dies. */
    static List<String> endsWithLauncher(String signal) {
        return onPath("setpriv")
                .map(setpriv -> List.of(setpriv.toString(), "--pdeathsig", signal))
                .orElse(List.of());
    }

    static Optional<Path> onPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Ends every remaining process of this data folder, and returns their number. */
    int endOrphans() {
        List<ProcessHandle> orphans =
                ProcessHandle.allProcesses().filter(this::isOurs).toList();
        orphans.forEach(orphan -> signal(orphan.pid(), isPostgres(orphan) ? "INT" : "TERM"));
        for (ProcessHandle orphan : orphans) {
            try {
                orphan.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                orphan.destroyForcibly();
                orphan.onExit().join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CannotRun("interrupted while ending processes of an earlier system", e);
            }
        }
        return orphans.size();
    }

    private boolean isOurs(ProcessHandle process) {
        String[] arguments = process.info().arguments().orElse(new String[0]);
        return Arrays.asList(arguments).contains(mark()) || isPostgres(process);
    }

    private boolean isPostgres(ProcessHandle process) {
        List<String> arguments = Arrays.asList(process.info().arguments().orElse(new String[0]));
        return process.info().command().orElse("").endsWith("/postgres")
                && arguments.contains(postgresFolder().toString());
    }

    /**
     * Sends a signal. Java itself can send only TERM and KILL, and PostgreSQL takes TERM as a shutdown after the last client has
     * disconnected.
     */
    static void signal(long pid, String signal) {
        try {
            new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\" 2>/dev/null", signal, Long.toString(pid))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        // Variables of the caller's shell must not affect a service.
        builder.environment().keySet().retainAll(PASSED_ON);
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return builder;
    }
}
