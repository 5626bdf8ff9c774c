package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.BatchFailure;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves that each poll of several messages is applied once, even if a message among them cannot be applied, on the running service. */
@RegistrationServiceTest
class ReadersIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private PaymentEventsListener payments;

    @Autowired
    private MailEventsListener mails;

    @Test
    void reports_of_two_conferences_are_applied_once_each() {
        Reply one = service.register(service.putConference(2, 600), "seat").expect(201);
        Reply other = service.register(service.putConference(2, 600), "seat").expect(201);
        Message captured = captured(one, 2);

        payments.onAll(List.of(captured, captured(other, 2), captured, captured(one, 1), captured(one, 2)));

        assertThat(service.read(one).text("status")).isEqualTo("confirmed");
        assertThat(service.read(other).text("status")).isEqualTo("confirmed");
        assertThat(service.timeline(one)).containsOnlyOnce("Payment received");
        assertThat(service.timeline(other)).containsOnlyOnce("Payment received");
    }

    @Test
    void reports_before_one_of_no_registration_are_applied() {
        String slug = service.putConference(3, 600);
        Reply before = service.register(slug, "seat").expect(201);
        Reply after = service.register(slug, "seat").expect(201);

        assertFailsAt(
                1,
                () -> payments.onAll(List.of(
                        captured(before, 2),
                        message(
                                "payment.events.v1",
                                "payment.captured.v1",
                                UUID.randomUUID().toString(),
                                2,
                                "{}"),
                        captured(after, 2))));

        assertThat(service.read(before).text("status")).isEqualTo("confirmed");
        assertThat(service.read(after).text("status")).isEqualTo("pending-payment");
        assertFailsAt(
                0, () -> payments.onAll(List.of(message("payment.events.v1", "payment.captured.v1", "none", 2, "{}"))));
    }

    @Test
    void mails_before_an_unreadable_one_stand_in_their_timelines_once() {
        String slug = service.putConference(3, 600);
        Reply one = service.register(slug, "free").expect(201);
        Reply other = service.register(slug, "free").expect(201);
        UUID mail = UUID.randomUUID();

        assertFailsAt(
                3,
                () -> mails.onAll(List.of(
                        mailed(one, mail, 1),
                        mailed(other, UUID.randomUUID(), 1),
                        mailed(one, mail, 2),
                        message("notification.events.v1", "mail.sent.v1", one.text("id"), 3, "{}"),
                        mailed(other, UUID.randomUUID(), 2))));

        assertThat(service.timeline(one)).containsOnlyOnce("Mail sent");
        assertThat(service.timeline(other)).containsOnlyOnce("Mail sent");
    }

    private static void assertFailsAt(int index, Runnable poll) {
        BatchFailure failure = catchThrowableOfType(BatchFailure.class, poll::run);
        assertThat(failure.index()).isEqualTo(index);
        assertThat(failure).hasCauseInstanceOf(PermanentFailure.class);
    }

    private static Message captured(Reply registration, long sequence) {
        String id = registration.text("id");
        return message(
                "payment.events.v1",
                "payment.captured.v1",
                id,
                sequence,
                ServiceFixture.captured(id, 10_000, 10_000, UUID.nameUUIDFromBytes(id.getBytes())));
    }

    private static Message mailed(Reply registration, UUID mail, long sequence) {
        return message("notification.events.v1", "mail.sent.v1", registration.text("id"), sequence, """
                {"registration": "%s", "mails": [{"id": "%s", "kind": "confirmation", "state": "sent",
                 "at": "2026-02-02T17:02:00Z"}]}""".formatted(
                        registration.text("id"), mail));
    }

    private static Message message(String topic, String type, String key, long sequence, String body) {
        return new Message(
                UUID.randomUUID(),
                topic,
                key,
                type,
                "/test",
                Instant.parse("2026-02-02T17:00:00Z"),
                sequence,
                body,
                Map.of());
    }
}
