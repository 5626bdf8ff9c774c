package org.openingminute.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * The main class of {@code ./run}: without arguments it starts the system, with {@code status}, {@code start} or {@code stop}
 * it sends a command to the running one. Standard output has only what a program may want to read.
 */
final class Launcher {

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    private static final String USAGE = "usage: ./run [status | start SERVICE | stop SERVICE]";
    /** Hidden from the list, because it stands for external mail servers, and programs read the list to find services. */
    private static final String NOT_A_SERVICE = "mail-trap ";

    private Launcher() {}

    public static void main(String[] arguments) throws InterruptedException {
        try {
            Path checkout = Path.of(System.getProperty("checkout", ""));
            Settings settings = Settings.from(checkout, System.getenv());
            List<String> words = List.of(arguments);
            if (words.isEmpty()) {
                run(settings);
            } else if (words.equals(List.of("status"))
                    || (words.size() == 2 && Set.of("start", "stop").contains(words.getFirst()))) {
                send(settings, String.join(" ", words));
            } else {
                throw new CannotRun(USAGE);
            }
        } catch (CannotRun e) {
            ERR.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void send(Settings settings, String command) {
        Optional<List<String>> answer;
        try {
            answer = Control.send(settings.ports(), command);
        } catch (IOException e) {
            throw new CannotRun("the system did not answer: " + e.getMessage(), e);
        }
        List<String> lines = answer.orElseThrow(() -> new CannotRun(
                "no system is running on GATEWAY_PORT " + settings.ports().gateway()));
        lines.forEach(line -> (line.startsWith(NOT_A_SERVICE) ? ERR : OUT).println(line));
    }

    private static void run(Settings settings) throws InterruptedException {
        LocalSystem system = new LocalSystem(settings, ERR::println);
        ERR.println("starting on port " + settings.ports().gateway() + ", data in " + settings.dataFolder());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(system)));
        system.start();
        OUT.println("ready " + system.url());
        ERR.println(story(settings));
        new CountDownLatch(1).await();
    }

    private static void stop(LocalSystem system) {
        ERR.println("stopping");
        system.close();
        ERR.println("stopped");
    }

    private static String story(Settings settings) {
        StringBuilder passwords = new StringBuilder();
        settings.invented()
                .forEach((variable, password) -> passwords
                        .append("  ")
                        .append(variable)
                        .append('=')
                        .append(password)
                        .append('\n'));
        return """

                pages    %1$s
                mail     %1$s/mailbox
                API      %1$s/api/docs
                logs     %2$s/logs
                Ctrl-C stops everything; the data stay in %2$s.
                %3$s
                A registration by hand:
                  curl -s %1$s/api/conferences/mlsys-2026/registrations -H 'Content-Type: application/json' \\
                    -H "Idempotency-Key: $RANDOM$RANDOM" -d '{"contact": {"name": "Ada Lovelace", "email": "ada@example.org"},
                    "attendees": [{"category": "academic", "givenName": "Ada", "familyName": "Lovelace",
                    "email": "ada@example.org"}], "acceptedCodeOfConduct": true}'
                  curl -s -X POST %1$s/api/payments/ID/checkout -H 'Authorization: Bearer ACCESS_TOKEN'
                  curl -s CHECKOUT_URL -H 'Content-Type: application/json' \\
                    -d '{"cardNumber": "4242424242424242", "expiry": "12/30", "cvc": "123"}'
                  curl -s %1$s/api/registrations/ID -H 'Authorization: Bearer ACCESS_TOKEN'
                  curl -s '%1$s/mailbox/messages?to=ada@example.org'
                """.formatted(
                        settings.url(),
                        settings.dataFolder(),
                        passwords.isEmpty()
                                ? ""
                                : "\nPasswords of the accounts organiser, finance, check-in and operator, shown this once:\n"
                                        + passwords);
    }
}
