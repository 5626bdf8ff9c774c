package org.openingminute.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Generates the secrets that the containers of a rehearsal share. Each container has a folder with only its own secrets, one file for each
 * variable. The first start generates them, later starts keep them.
 */
final class RehearsalSecrets {

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final String GATEWAY = "gateway";
    private static final String REGISTRATION = "registration-service";
    private static final String PAYMENT = "payment-service";
    private static final String NOTIFICATION = "notification-service";
    private static final String POSTGRES = "postgres";

    /** The readers of each secret. It is generated for the first reader; the others get copies. */
    private static final Map<String, List<String>> READERS = new LinkedHashMap<>();

    static {
        READERS.put("ACCESS_TOKEN_KEYS", List.of(REGISTRATION, PAYMENT, NOTIFICATION));
        READERS.put("TICKET_KEYS", List.of(REGISTRATION));
        READERS.put("WAITING_ROOM_KEYS", List.of(REGISTRATION, GATEWAY));
        READERS.put("STAFF_SIGNING_KEY", List.of(GATEWAY));
        READERS.put("SANDBOX_API_KEY", List.of(PAYMENT));
        READERS.put("SANDBOX_WEBHOOK_SECRET", List.of(PAYMENT));
        READERS.put("POSTGRES_PASSWORD", List.of(POSTGRES));
        READERS.put("REGISTRATION_DATABASE_PASSWORD", List.of(POSTGRES, REGISTRATION));
        READERS.put("PAYMENT_DATABASE_PASSWORD", List.of(POSTGRES, PAYMENT));
        READERS.put("NOTIFICATION_DATABASE_PASSWORD", List.of(POSTGRES, NOTIFICATION));
    }

    private RehearsalSecrets() {}

    /**
     * Generates missing secrets, and prints the generated passwords of accounts.
     *
     * @param arguments the parent folder of the containers' folders
     */
    public static void main(String[] arguments) throws IOException {
        make(Path.of(arguments[0]), System.getenv(), OUT);
    }

    static void make(Path above, Map<String, String> environment, PrintStream out) throws IOException {
        for (Map.Entry<String, List<String>> secret : READERS.entrySet()) {
            Path made = made(
                    secret.getKey(),
                    Secrets.inVolume(above.resolve(secret.getValue().getFirst())));
            for (String reader : secret.getValue()) {
                Path copy = above.resolve(reader).resolve(secret.getKey());
                if (!copy.equals(made)) {
                    // Copied at each start, so that an interrupted copy is repaired.
                    Files.copy(made, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        Secrets ofGateway = Secrets.inVolume(above.resolve(GATEWAY));
        for (String name : Settings.PASSWORDS) {
            if (environment.getOrDefault(name, "").isEmpty()) {
                out.println(name + "=" + ofGateway.password(name));
            }
        }
    }

    private static Path made(String name, Secrets secrets) throws IOException {
        return name.equals("STAFF_SIGNING_KEY")
                ? secrets.signingKey(name)
                : name.endsWith("_KEYS") ? secrets.keys(name) : secrets.textFile(name);
    }
}
