package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.Postgres.PostgresAccount;

class PostgresAccountTest {

    @TempDir
    private Path folder;

    @Test
    void postgres_never_runs_as_root() throws Exception {
        assertThat(seenBy(PostgresAccount.here())).isNotEqualTo("0");
    }

    @Test
    void every_account_that_is_allowed_here_can_use_what_it_owns() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        boolean root = !PostgresAccount.here().prefix().isEmpty();
        List<PostgresAccount> accounts = Stream.of(PostgresAccount.inNamespace(), PostgresAccount.nobody())
                .flatMap(Optional::stream)
                .filter(_ -> root)
                .toList();
        for (PostgresAccount account : accounts) {
            account.own(folder);
            assertThat(output(account, "cat", file.toString())).isEqualTo("kept");
            assertThat(output(account, "stat", "-c", "%u", file.toString())).isEqualTo(seenBy(account));
        }
    }

    private static String seenBy(PostgresAccount account) throws Exception {
        return output(account, "id", "-u");
    }

    private static String output(PostgresAccount account, String... command) throws Exception {
        List<String> whole = new ArrayList<>(account.prefix());
        whole.addAll(List.of(command));
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
