package org.openingminute.notification;

import java.util.Map;
import org.openingminute.messaging.testing.DevelopmentServers;

/**
 * Starts the service without its neighbours, for an IDE's run button and {@code ./run dev notification-service}; its mails are at {@code
 * /mailbox}.
 */
final class TestNotificationServiceApplication {

    private TestNotificationServiceApplication() {}

    public static void main(String... args) {
        String[] ports = DevelopmentServers.once("development.mail-trap", () -> {
                    Trap trap = new Trap().start();
                    return trap.smtpPort() + " " + trap.httpPort();
                })
                .split(" ");
        DevelopmentServers.run(
                NotificationServiceApplication.class,
                "notification",
                8083,
                Map.of(
                        "SMTP_HOST",
                        "127.0.0.1",
                        "SMTP_PORT",
                        ports[0],
                        "MAIL_TRAP_HOST",
                        "127.0.0.1",
                        "MAIL_TRAP_PORT",
                        ports[1]),
                args);
    }
}
