package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.PaymentSnapshot.DisputeState;
import org.openingminute.registration.lifecycle.PaymentSnapshot.RefundState;
import org.openingminute.registration.registrations.MailEventsListener.Mails;
import org.openingminute.registration.registrations.MailEventsListener.ReportedMail;

/** Proves that every released example of the neighbours' events can be read, also with unknown fields and types. */
class ReadsContractsTest {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();

    static Set<String> paymentEvents() {
        return CONTRACTS.typesOn("payment.events.v1");
    }

    static Set<String> mailEvents() {
        return CONTRACTS.typesOn("notification.events.v1");
    }

    @Test
    void deadlines_of_disputes_and_inquiries_are_read() {
        Instant due = Instant.parse("2026-02-21T23:59:59Z");
        assertThat(example("payment.disputed.v1", "full").disputes())
                .extracting(PaymentSnapshot.ReportedDispute::evidenceDueAt)
                .containsExactly(due);
        assertThat(example("payment.inquiry-changed.v1", "full").inquiries())
                .extracting(PaymentSnapshot.ReportedInquiry::evidenceDueAt)
                .containsExactly(null, due);
        assertThat(example("payment.disputed.v1", "minimal").disputes())
                .extracting(PaymentSnapshot.ReportedDispute::evidenceDueAt)
                .containsOnlyNulls();
        assertThat(example("payment.inquiry-changed.v1", "minimal").inquiries())
                .extracting(PaymentSnapshot.ReportedInquiry::evidenceDueAt)
                .containsOnlyNulls();
    }

    @ParameterizedTest
    @MethodSource("paymentEvents")
    void every_example_of_a_payment_is_read(String type) {
        CONTRACTS.examples(type).forEach((name, json) -> {
            PaymentSnapshot state = payment(type, json);
            assertThat(state.status()).as(name).isNotEqualTo(PaymentSnapshot.ReportedStatus.UNKNOWN);
            assertThat(json).as(name).contains('"' + state.status().wireName() + '"');
            assertThat(state.refunds()).as(name).noneMatch(refund -> refund.state() == RefundState.UNKNOWN);
            assertThat(state.disputes()).as(name).noneMatch(dispute -> dispute.state() == DisputeState.UNKNOWN);
        });
    }

    @ParameterizedTest
    @MethodSource("paymentEvents")
    void payment_events_of_later_versions_are_read(String type) {
        CONTRACTS.ofLaterVersions(type).forEach((name, json) -> {
            PaymentSnapshot state = payment(type, json);
            assertThat(state.status() == PaymentSnapshot.ReportedStatus.UNKNOWN)
                    .as(name)
                    .isEqualTo(name.endsWith("another /status"));
            assertThat(state.refunds().stream().anyMatch(refund -> refund.state() == RefundState.UNKNOWN))
                    .as(name)
                    .isEqualTo(name.contains("another /refunds"));
            assertThat(state.disputes().stream().anyMatch(dispute -> dispute.state() == DisputeState.UNKNOWN))
                    .as(name)
                    .isEqualTo(name.contains("another /disputes"));
        });
    }

    @ParameterizedTest
    @MethodSource("mailEvents")
    void every_example_of_mails_is_read(String type) {
        CONTRACTS
                .examples(type)
                .forEach((name, json) -> assertThat(mails(type, json).mails())
                        .as(name)
                        .isNotEmpty()
                        .noneMatch(mail -> mail.state() == ReportedMail.MailState.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("mailEvents")
    void mail_events_of_later_versions_are_read(String type) {
        CONTRACTS
                .ofLaterVersions(type)
                .forEach((name, json) -> assertThat(mails(type, json).mails().stream()
                                .anyMatch(mail -> mail.state() == ReportedMail.MailState.UNKNOWN))
                        .as(name)
                        .isEqualTo(name.contains("another /mails")));
    }

    @Test
    void reports_of_progress_are_read_and_those_of_later_versions() {
        String type = "payment.progress.v1";
        Stream.of(CONTRACTS.examples(type), CONTRACTS.ofLaterVersions(type))
                .forEach(bodies -> bodies.forEach((name, json) -> assertThat(message(type, json)
                                .body(PaymentProgressListener.Progress.class)
                                .oldestUnsentSeconds())
                        .as(name)
                        .isIn(0.0, 7.25)));
        assertThatThrownBy(
                        () -> message(type, "{\"asOf\": null, \"oldestUnsentSeconds\": 0, \"oldestUntriedSeconds\": 0}")
                                .body(PaymentProgressListener.Progress.class))
                .isInstanceOf(PermanentFailure.class);
    }

    @Test
    void a_body_that_lacks_what_is_needed_cannot_be_applied() {
        String payment = CONTRACTS.examples("payment.captured.v1").get("full");
        for (String field : Set.of("status", "captured", "refunded")) {
            String without = payment.replace('"' + field + "\":", "\"not-" + field + "\":");
            assertThatThrownBy(() -> payment("payment.captured.v1", without))
                    .as(field)
                    .isInstanceOf(PermanentFailure.class);
        }
        assertThatThrownBy(() -> mails("mail.sent.v1", "{\"registration\": \"" + UUID.randomUUID() + "\"}"))
                .isInstanceOf(PermanentFailure.class);
    }

    @Test
    void an_amount_of_nothing_is_no_zero() {
        // The disputed amount is not read, so it may be absent.
        String payment =
                CONTRACTS.examples("payment.captured.v1").get("full").replaceFirst("\"disputed\": *\\{[^}]*},", "");
        Matcher amount = Pattern.compile("\"amount\": *[0-9]+").matcher(payment);
        int amounts = 0;
        while (amount.find()) {
            String nothing =
                    payment.substring(0, amount.start()) + "\"amount\": null" + payment.substring(amount.end());
            assertThatThrownBy(() -> payment("payment.captured.v1", nothing)).isInstanceOf(PermanentFailure.class);
            amounts++;
        }
        assertThat(amounts).isPositive();
    }

    private static PaymentSnapshot example(String type, String name) {
        return payment(type, CONTRACTS.examples(type).get(name));
    }

    private static PaymentSnapshot payment(String type, String json) {
        return message(type, json).body(PaymentSnapshot.class);
    }

    private static Mails mails(String type, String json) {
        return message(type, json).body(Mails.class);
    }

    private static Message message(String type, String json) {
        return new Message(UUID.randomUUID(), "topic", "key", type, "/source", Instant.EPOCH, 1, json, Map.of());
    }
}
