package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.openingminute.local.TestSystems;

/** Runs an operator's commands in the checkout. The environment names the Compose project. */
final class Commands {

    private Commands() {}

    record CommandResult(int code, String text) {

        void succeeded() {
            assertThat(code).as(text).isZero();
        }
    }

    static CommandResult run(String... command) throws IOException, InterruptedException {
        return run(Map.of(), command);
    }

    /** @param variables variables that are added to the environment */
    static CommandResult run(Map<String, String> variables, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(TestSystems.CHECKOUT.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(variables);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new CommandResult(process.waitFor(), text);
    }
}
