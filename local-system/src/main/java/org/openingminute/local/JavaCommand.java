package org.openingminute.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a Java process is started: small, quick to come up, and with the name of what it is in its command line.
 *
 * @param classPath where the launcher's own classes and libraries are
 * @param mark the argument that ties a process to its data folder
 * @param temporary where it may leave files behind when it is killed
 */
record JavaCommand(String classPath, String mark, Path temporary) {

    /**
     * How far code is compiled: 1 starts fast and suits a laptop that runs all of it; 4, which a deployment has, is what the
     * benchmark measures.
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

    /** The loaded classes are kept beside the jar when the process ends properly, and spare the next start a third. */
    List<String> forJar(String name, Path jar, List<String> options) {
        List<String> command = start(name, options);
        command.addAll(
                List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + jar.resolveSibling("classes.jsa")));
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
                "-XX:TieredStopAtLevel=" + COMPILER,
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                // What Kafka and Netty do with memory and native code needs a word on this JDK, or warns in every log.
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        return command;
    }
}
