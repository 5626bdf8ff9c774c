package org.openingminute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * As whom PostgreSQL runs, which refuses to run as root: whoever started this; or root in a user namespace, where it is
 * nobody in particular; or, where such a namespace is not allowed, as in most containers, nobody with the right to pass
 * folders that are root's alone.
 *
 * @param prefix what stands before its commands; nothing where this is an ordinary user
 * @param owner the number of the account that owns its files
 */
record PostgresAccount(List<String> prefix, int owner) {

    private static final String OWNER = "unix:uid";
    private static final int ROOT = 0;
    /** The account that owns nothing, on every Linux. */
    private static final int NOBODY = 65_534;

    /**
     * Finds out what this machine allows.
     *
     * @throws CannotRun if this is root, and may be nobody else
     */
    static PostgresAccount here() throws IOException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return new PostgresAccount(List.of(), ROOT);
        }
        Optional<PostgresAccount> account = inNamespace();
        if (account.isEmpty()) {
            account = nobody();
        }
        return account.orElseThrow(() -> new CannotRun("PostgreSQL refuses to run as root, and neither a user namespace"
                + " nor another account is allowed here: run this as an ordinary user"));
    }

    /** Root, seen from a namespace that does not know it. */
    static Optional<PostgresAccount> inNamespace() throws IOException, InterruptedException {
        return working("unshare", "-U").map(prefix -> new PostgresAccount(prefix, ROOT));
    }

    static Optional<PostgresAccount> nobody() throws IOException, InterruptedException {
        return working(
                        "setpriv",
                        "--reuid=" + NOBODY,
                        "--regid=" + NOBODY,
                        "--clear-groups",
                        "--securebits=+no_setuid_fixup", // else access(2) does not see the right below
                        "--inh-caps=-all,+dac_override",
                        "--ambient-caps=+dac_override")
                .map(prefix -> new PostgresAccount(prefix, NOBODY));
    }

    /** Sees to it that the folder and all in it belong to the account, whichever account had them before. */
    void own(Path folder) throws IOException {
        if (prefix.isEmpty() || Files.getAttribute(folder, OWNER).equals(owner)) {
            return;
        }
        List<Path> inner;
        try (Stream<Path> files = Files.walk(folder)) {
            inner = files.toList();
        }
        // The folder itself comes last: a change that was cut off is done again.
        for (Path file : inner.reversed()) {
            Files.setAttribute(file, OWNER, owner);
        }
    }

    /** The command with its path, if it is there and can be used by who runs this. */
    private static Optional<List<String>> working(String program, String... options)
            throws IOException, InterruptedException {
        Optional<Path> found = Children.onPath(program);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<String> prefix = new ArrayList<>(List.of(found.get().toString()));
        prefix.addAll(List.of(options));
        List<String> trial = new ArrayList<>(prefix);
        trial.add("true");
        int ended = new ProcessBuilder(trial)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        return ended == 0 ? Optional.of(List.copyOf(prefix)) : Optional.empty();
    }
}
