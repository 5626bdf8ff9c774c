package org.openingminute.notification.smtp;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** A mail server that receives a domain's mails, and accepts them only when the test allows it. */
public final class WithholdingMailServer extends ScriptedMailServer {

    private final String domain;
    private final CountDownLatch accepted = new CountDownLatch(1);
    private final ThreadLocal<String> recipient = new ThreadLocal<>();

    public WithholdingMailServer(String domain) throws IOException {
        this.domain = domain;
    }

    /** Accepts all withheld mails, and further mails immediately. */
    public void accept() {
        accepted.countDown();
    }

    /** Returns the completely received mails to an address. */
    public List<String> takenFor(String address) {
        return taken().stream()
                .filter(mail -> mail.contains("\nTo: " + address + "\n"))
                .toList();
    }

    @Override
    String answer(String command, String line) {
        if (command.equals("RCPT")) {
            recipient.set(line.toLowerCase(Locale.ROOT));
        }
        if (command.equals("END") && recipient.get().contains("@" + domain)) {
            try {
                accepted.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return super.answer(command, line);
    }
}
