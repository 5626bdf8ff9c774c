package org.openingminute.local.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.Settings;
import org.openingminute.local.TestSystems;

/**
 * Gives tests the system of {@code ./run}, started once for all of them, on free ports and in a data folder of its own. A
 * test asks for it by a parameter; what it stops it starts again. With {@code -Dsystem.url} it is one that runs elsewhere, as in
 * containers, of which there is the public door alone.
 */
public final class WholeSystem implements ParameterResolver {

    private static final String PASSWORD = "rehearsed";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Running.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(WholeSystem.class))
                .computeIfAbsent(Running.class, _ -> Running.start(), Running.class);
    }

    /** The system that runs, and a client for its public door. */
    public static final class Running implements AutoCloseable {

        private final String url;
        private @Nullable LocalSystem system;

        private Running(String url, @Nullable LocalSystem system) {
            this.url = url;
            this.system = system;
        }

        public static Running start() {
            return start(Map.of());
        }

        /** @param told what else the services are told */
        public static Running start(Map<String, String> told) {
            String elsewhere = System.getProperty("system.url", "");
            if (!elsewhere.isEmpty()) {
                return new Running(elsewhere, null);
            }
            try {
                Path data = Files.createTempDirectory("local-system");
                Map<String, String> environment = new HashMap<>(told);
                environment.putAll(Map.of(
                        "GATEWAY_PORT", "" + TestSystems.freeGatewayPort(),
                        "DATA_DIR", data.toString(),
                        "ORGANISER_PASSWORD", PASSWORD,
                        "CHECK_IN_PASSWORD", PASSWORD,
                        "OPERATOR_PASSWORD", PASSWORD));
                LocalSystem system = started(Settings.from(TestSystems.CHECKOUT, environment));
                return new Running(system.url(), system);
            } catch (Exception e) {
                throw new IllegalStateException("the system did not start: " + e.getMessage(), e);
            }
        }

        /** What runs behind the door. */
        public LocalSystem system() {
            return Objects.requireNonNull(system, "of a system elsewhere there is the door alone");
        }

        /** Of the public door. */
        public String url() {
            return url;
        }

        /** Of each of the three accounts. */
        public String password() {
            return PASSWORD;
        }

        /** A client, to the gateway alone. */
        public Door door() {
            return new Door(url, PASSWORD);
        }

        /** Stops everything and starts it anew over the same data. */
        public void restart() throws InterruptedException {
            LocalSystem before = system();
            before.close();
            system = started(before.settings());
        }

        @Override
        public void close() throws Exception {
            if (system == null) {
                return;
            }
            system.close();
            if (System.getProperty("keep") != null) {
                return;
            }
            try (Stream<Path> files = Files.walk(system.settings().dataFolder())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }

        private static LocalSystem started(Settings settings) throws InterruptedException {
            LocalSystem system = new LocalSystem(settings, line -> System.out.println("local system: " + line));
            try {
                system.start();
                return system;
            } catch (RuntimeException e) {
                system.close();
                throw e;
            }
        }
    }
}
