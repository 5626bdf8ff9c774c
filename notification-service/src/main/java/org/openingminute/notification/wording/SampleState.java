package org.openingminute.notification.wording;

import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.openingminute.notification.heard.Conference;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.PaymentState;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.owed.MailKind;
import org.openingminute.notification.owed.Owed;
import tools.jackson.databind.json.JsonMapper;

/** A registration that is nobody's, in the state that a kind of mail is about; read as events are, in their form. */
record SampleState(MailKind kind, Conference conference, String locale) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final UUID NOBODYS = new UUID(0, 0);
    private static final int DAYS_BEFORE = 30;

    Owed owed() {
        return new Owed(kind, kind.isAboutSomething() ? NOBODYS.toString() : "");
    }

    Heard heard() {
        return new Heard(
                JSON.readValue(registration(), RegistrationState.class),
                JSON.readValue(payment(), PaymentState.class),
                null);
    }

    private String registration() {
        boolean paid = switch (kind) {
            case CONFIRMATION, CANCELLED, LATE_PAYMENT_REFUNDED, REFUND_MADE, PAYMENT_DISPUTED, DISPUTE_SETTLED, LINK ->
                true;
            case PAY_NOW, PAYMENT_FAILED, EXPIRED, PROOF_WANTED, PROOF_ACCEPTED, PROOF_REFUSED -> false;
        };
        return """
                {"id": "%s", "reference": "SAMPLE-0000", "conference": "%s", "status": "%s",
                 "contact": {"name": "Ada Lovelace", "email": "ada@example.org", "locale": "%s"}, "contactGeneration": 0,
                 "attendees": [{"id": "%s", "givenName": "Ada", "familyName": "Lovelace"}],
                 "total": %s, "discount": %s, "tax": %s,
                 "lines": [{"description": "Academic", "attendee": 0, "quantity": 1, "amount": %s}],
                 "holdExpiresAt": "%s", "changedAt": "%s", "captured": %s, "refunded": %s,
                 "reason": %s, "reasonCode": %s, "refundPlanned": %s, "paymentMethod": "card"}
                """.formatted(
                        NOBODYS,
                        conference.slug(),
                        status(),
                        locale,
                        NOBODYS,
                        money(80_000),
                        money(0),
                        money(0),
                        money(80_000),
                        deadline(),
                        deadline().minus(1, ChronoUnit.DAYS),
                        money(paid ? 80_000 : 0),
                        money(0),
                        reason("cancelled by the registrant"),
                        reason("cancelled-by-registrant"),
                        money(kind == MailKind.LATE_PAYMENT_REFUNDED ? 80_000 : paid ? 40_000 : 0));
    }

    private String status() {
        return switch (kind) {
            case PAY_NOW, PAYMENT_FAILED, PROOF_ACCEPTED -> "pending-payment";
            case CONFIRMATION, REFUND_MADE, PAYMENT_DISPUTED, DISPUTE_SETTLED, LINK -> "confirmed";
            case EXPIRED, LATE_PAYMENT_REFUNDED -> "expired";
            case CANCELLED -> "cancelled";
            case PROOF_WANTED -> "pending-review";
            case PROOF_REFUSED -> "rejected";
        };
    }

    private String reason(String ofTheCancelled) {
        return kind == MailKind.CANCELLED ? '"' + ofTheCancelled + '"' : "null";
    }

    private String payment() {
        return """
                {"registration": "%s", "status": "captured", "captures": [{"id": "%s", "amount": %s}],
                 "refunds": [{"id": "%s", "amount": %s, "state": "%s"}],
                 "disputes": [{"id": "%s", "amount": %s, "state": "open"}], "creditNotes": []}
                """.formatted(
                        NOBODYS,
                        NOBODYS,
                        money(80_000),
                        NOBODYS,
                        money(40_000),
                        kind == MailKind.REFUND_MADE ? "done" : "pending",
                        NOBODYS,
                        money(80_000));
    }

    private static String money(int amount) {
        return "{\"amount\": " + amount + ", \"currency\": \"USD\"}";
    }

    private Instant deadline() {
        return conference
                .startsOn()
                .minusDays(DAYS_BEFORE)
                .atTime(LocalTime.NOON)
                .atZone(conference.zone())
                .toInstant();
    }
}
