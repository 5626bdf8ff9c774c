package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.containers.Commands.CommandResult;

/** Proves how long {@code roll} waits for a new container. A script plays Docker, and its seconds take no time. */
class RollTest {

    /** Each service has the container "old" and, until it is removed, "new"; files hold the log and the state of the latter. */
    private static final String DOCKER = """
            #!/bin/bash
            cd "$PLAYED"
            case "$*" in
              compose*config*) echo '  "name": "played",' ;;
              compose*up*) touch up ;;
              ps*status=*) ;;
              ps*) echo old; [ ! -e up ] || echo new ;;
              logs*) cat log ;;
              inspect*) echo . >>looks; [ "$(wc -l <looks)" -gt 310 ] && echo running healthy || echo running starting ;;
              rm*) rm -f up; echo "$*" >>removed ;;
            esac
            """;

    @TempDir
    Path played;

    @Test
    void container_that_migrates_may_take_as_long_as_it_needs() throws Exception {
        CommandResult rolled = roll("{\"message\":\"Migrating the database, 1 scripts\"}");

        rolled.succeeded();
        assertThat(rolled.text()).containsOnlyOnce("a new container migrates its database");
        assertThat(played.resolve("removed")).content().doesNotContain("new");
    }

    @Test
    void container_that_has_migrated_has_five_minutes_to_get_ready() throws Exception {
        CommandResult rolled =
                roll("{\"message\":\"Migrating the database, 1 scripts\"}\n{\"message\":\"Migrated the database, 1\"}");

        assertThat(rolled.code()).isEqualTo(1);
        assertThat(played.resolve("removed")).content().isEqualTo("rm --force new\n");
    }

    private CommandResult roll(String log) throws IOException, InterruptedException {
        Files.writeString(played.resolve("log"), log + "\n");
        program("docker", DOCKER);
        program("sleep", "#!/bin/bash\n");
        return Commands.run(
                Map.of("PATH", played + ":" + System.getenv("PATH"), "PLAYED", played.toString()),
                "deploy/compose/roll");
    }

    private void program(String name, String text) throws IOException {
        Path program = Files.writeString(played.resolve(name), text);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }
}
