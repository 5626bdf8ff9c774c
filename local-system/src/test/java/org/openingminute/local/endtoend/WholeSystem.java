package org.openingminute.local.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.Settings;
import org.openingminute.local.TestSystems;

/**
 * Gives tests the system of {@code ./run}, started once for all of them, on free ports and in a data folder of its own. A
 * test asks for it by a parameter; what it stops it starts again.
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

        private final Settings settings;
        private LocalSystem system;

        private Running(Settings settings) throws InterruptedException {
            this.settings = settings;
            this.system = started(settings);
        }

        public static Running start() {
            try {
                Path data = Files.createTempDirectory("local-system");
                return new Running(Settings.from(
                        TestSystems.CHECKOUT,
                        Map.of(
                                "GATEWAY_PORT", "" + TestSystems.freeGatewayPort(),
                                "DATA_DIR", data.toString(),
                                "ORGANISER_PASSWORD", PASSWORD,
                                "CHECK_IN_PASSWORD", PASSWORD,
                                "OPERATOR_PASSWORD", PASSWORD)));
            } catch (Exception e) {
                throw new IllegalStateException("the system did not start: " + e.getMessage(), e);
            }
        }

        public LocalSystem system() {
            return system;
        }

        String url() {
            return settings.url();
        }

        /** Of each of the three accounts. */
        public String password() {
            return PASSWORD;
        }

        /** A client, to the gateway alone. */
        Door door() {
            return new Door(settings.url(), PASSWORD);
        }

        /** Stops everything and starts it anew over the same data. */
        void restart() throws InterruptedException {
            system.close();
            system = started(settings);
        }

        @Override
        public void close() throws Exception {
            system.close();
            if (System.getProperty("keep") != null) {
                return;
            }
            try (Stream<Path> files = Files.walk(settings.dataFolder())) {
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
