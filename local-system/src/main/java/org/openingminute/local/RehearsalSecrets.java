package org.openingminute.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the containers of a rehearsal need to know of each other and nobody is to know beforehand: a file for each variable,
 * made at the first start and left alone at every later one.
 */
final class RehearsalSecrets {

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final List<String> KEYS = List.of("ACCESS_TOKEN_KEYS", "TICKET_KEYS");
    private static final List<String> TEXTS = List.of(
            "POSTGRES_PASSWORD",
            "REGISTRATION_DATABASE_PASSWORD",
            "PAYMENT_DATABASE_PASSWORD",
            "NOTIFICATION_DATABASE_PASSWORD",
            "SANDBOX_API_KEY",
            "SANDBOX_WEBHOOK_SECRET");

    private RehearsalSecrets() {}

    /**
     * Makes what is missing, and says the passwords of those accounts that were given none.
     *
     * @param arguments the folder
     */
    public static void main(String[] arguments) throws IOException {
        make(Path.of(arguments[0]), System.getenv(), OUT);
    }

    static void make(Path folder, Map<String, String> environment, PrintStream out) throws IOException {
        Secrets secrets = Secrets.inVolume(folder);
        for (String name : KEYS) {
            secrets.keys(name);
        }
        for (String name : TEXTS) {
            secrets.text(name);
        }
        secrets.signingKey("STAFF_SIGNING_KEY");
        for (String name : Settings.PASSWORDS) {
            if (environment.getOrDefault(name, "").isEmpty()) {
                out.println(name + "=" + secrets.password(name));
            }
        }
    }
}
