package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on the running system, that every shell block of the README works as written. */
@ExtendWith(SystemFixture.class)
class ReadmeIT {

    private static final Pattern BASH = Pattern.compile("```bash\\n(.*?)```", Pattern.DOTALL);

    private final Running running;

    ReadmeIT(Running running) {
        this.running = running;
    }

    @Test
    void every_shell_block_runs_to_its_end(@TempDir Path folder) throws Exception {
        List<String> blocks = BASH.matcher(Files.readString(TestSystems.CHECKOUT.resolve("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();

        assertThat(blocks).as("shell blocks of the README").hasSizeGreaterThanOrEqualTo(2);
        assertThat(run(blocks.getFirst(), folder))
                .contains("\"status\":\"confirmed\"")
                .contains("you are registered");
        for (String block : blocks.subList(1, blocks.size())) {
            run(block, folder);
        }
        running.api().get("/api/conferences/spring-meeting").has(200);
    }

    private String run(String block, Path folder) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("block.sh"), block);
        Path output = folder.resolve("output");
        ProcessBuilder bash = new ProcessBuilder("bash", "-e", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        bash.environment().put("GATEWAY", running.url());
        bash.environment().put("ORGANISER_PASSWORD", running.password());
        Process process = bash.start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as("ends in time; output so far: %s", text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
