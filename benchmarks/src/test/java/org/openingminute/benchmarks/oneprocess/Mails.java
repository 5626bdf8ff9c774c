package org.openingminute.benchmarks.oneprocess;

import jakarta.mail.internet.AddressException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.composition.MailComposer;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.smtp.DeliveryOutcome;
import org.openingminute.notification.smtp.Envelope;
import org.openingminute.notification.smtp.MailServer;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.registration.sale.Definition;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Inserts confirmations in the confirming transaction, and sends them afterwards, concurrently like notification-service. Thread-safe. */
@Component
class Mails implements AutoCloseable {

    private static final int AT_A_TIME = 8;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final MailComposer composer;
    private final MailServer server;
    private final Conferences conferences;
    private final Clock clock;
    private final ExecutorService senders = Executors.newFixedThreadPool(AT_A_TIME);

    Mails(
            JdbcClient jdbc,
            TransactionTemplate transaction,
            MailComposer composer,
            MailServer server,
            Conferences conferences,
            Clock clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.composer = composer;
        this.server = server;
        this.conferences = conferences;
        this.clock = clock;
    }

    record ConfirmationMail(
            UUID id,
            RegistrationSnapshot registration,
            @Nullable PaymentSnapshot payment) {}

    /** Inserts a confirmation in the current transaction. */
    ConfirmationMail due(String registration, @Nullable Payment payment) {
        ConfirmationMail mail = new ConfirmationMail(
                UUID.randomUUID(),
                Payments.JSON.readValue(registration, RegistrationSnapshot.class),
                payment == null ? null : Payments.JSON.readValue(PaymentReport.json(payment), PaymentSnapshot.class));
        jdbc.sql("""
                insert into one.mail (id, registration_id, kind, recipient, state, created_at)
                values (?, ?, 'confirmation', ?, 'waiting', ?)
                """)
                .param(mail.id())
                .param(mail.registration().id())
                .param(mail.registration().contact().email())
                .param(clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        return mail;
    }

    void send(ConfirmationMail mail) {
        senders.execute(() -> deliver(mail));
    }

    private void deliver(ConfirmationMail mail) {
        Definition definition =
                conferences.named(mail.registration().conference()).definition();
        ComposedMail composed = composer.compose(
                new DueMail(MailKind.CONFIRMATION, ""),
                new RegistrationProjection(mail.registration(), mail.payment(), null),
                new Conference(
                        mail.registration().conference(),
                        definition.name(),
                        null,
                        definition.startsOn(),
                        definition.endsOn(),
                        definition.timeZone().getId(),
                        null,
                        null,
                        null,
                        true));
        try {
            DeliveryOutcome outcome = server.deliver(
                    mail.id(), Envelope.address(mail.registration().contact().email()), composed, clock.instant());
            if (!(outcome instanceof DeliveryOutcome.Accepted)) {
                throw new IllegalStateException("not accepted: " + outcome);
            }
        } catch (AddressException e) {
            throw new IllegalStateException(e);
        }
        transaction.executeWithoutResult(_ -> sent(mail));
    }

    private void sent(ConfirmationMail mail) {
        jdbc.sql("update one.mail set state = 'sent', sent_at = ? where id = ?")
                .param(clock.instant().atOffset(ZoneOffset.UTC))
                .param(mail.id())
                .update();
        jdbc.sql("insert into one.timeline (registration_id, at, what) values (?, ?, 'mail sent')")
                .param(mail.registration().id())
                .param(clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    @Override
    public void close() {
        senders.shutdown();
    }
}
