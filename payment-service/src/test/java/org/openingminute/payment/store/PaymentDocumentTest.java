package org.openingminute.payment.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.payment.lifecycle.Attempt;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.DisputeRules.Inquiry;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.lifecycle.Session;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;

/** Proves the JSON of stored payments, including documents of earlier versions, without a database. */
class PaymentDocumentTest {

    private static final UUID ID = new UUID(7, 7);
    private static final UUID CAPTURE = new UUID(7, 8);
    private static final Instant T0 = Instant.parse("2026-02-02T17:00:00.123456Z");
    private static final Money DUE = new Money(800, "USD");

    private static final Payment WHOLE = Payment.unknown(ID)
            .withSessions(List.of(
                    new Session(ID, "sandbox", DUE, Session.SessionState.ENDING, "cs_1", URI.create("http://x/"), T0)))
            .withAttempts(List.of(
                    new Attempt("sandbox", "pay_1", T0, T0, Attempt.AttemptOutcome.CAPTURED_TWICE, null),
                    new Attempt("sandbox", "pay_2", T0, T0, Attempt.AttemptOutcome.DECLINED, "card-declined")))
            .withCaptures(List.of(
                    new Capture(CAPTURE, "sandbox", "pay_1", DUE, T0, false, Capture.Answer.NONE, T0, 3),
                    new Capture(ID, "invoice", "x", DUE, T0, true, Capture.Answer.KEPT, T0, 0)))
            .withRefunds(List.of(new Refund(
                    ID,
                    CAPTURE,
                    DUE,
                    "ill",
                    Refund.RefundState.PENDING,
                    T0,
                    T0,
                    true,
                    "re_1",
                    "no",
                    "ada",
                    "Ada",
                    true)))
            .withDisputes(List.of(new Dispute(ID, "sandbox", "dp_1", CAPTURE, DUE, Dispute.State.LOST, T0, T0)))
            .withInquiries(List.of(new Inquiry(ID, "sandbox", "dp_2", CAPTURE, DUE, T0, null, T0)))
            .withDocuments(List.of(new IssuedDocument(IssuedDocument.IssuedKind.CREDIT_NOTE, "C2026-000001", DUE, T0)))
            .withTransfers(List.of(new Transfer(ID, DUE, T0, true, "till 77")))
            .withSequence(17);

    @Test
    void payment_is_read_as_it_was_written() {
        assertThat(PaymentDocument.read(ID, null, 17, PaymentDocument.of(WHOLE)))
                .isEqualTo(WHOLE);
    }

    @Test
    void disputes_and_inquiries_of_earlier_versions_have_no_deadline() {
        Payment earlier = PaymentDocument.read(
                ID,
                null,
                17,
                PaymentDocument.of(WHOLE).replace(",\"evidenceDueAt\":\"2026-02-02T17:00:00.123456Z\"", ""));

        assertThat(earlier.disputes()).singleElement().satisfies(dispute -> {
            assertThat(dispute.at()).isEqualTo(T0);
            assertThat(dispute.evidenceDueAt()).isNull();
        });
        assertThat(earlier.inquiries()).singleElement().satisfies(inquiry -> {
            assertThat(inquiry.openedAt()).isEqualTo(T0);
            assertThat(inquiry.evidenceDueAt()).isNull();
        });
    }

    @Test
    void transfers_of_earlier_versions_have_no_reference() {
        Payment earlier =
                PaymentDocument.read(ID, null, 17, PaymentDocument.of(WHOLE).replace(",\"reference\":\"till 77\"", ""));

        assertThat(earlier.transfers()).containsExactly(new Transfer(ID, DUE, T0, true, null));
        assertThat(PaymentDocument.of(earlier)).doesNotContain("reference");
    }

    @Test
    void the_generation_of_links_is_stored_once_some_have_ended() {
        Payment ended = WHOLE.withContactGeneration(2);

        assertThat(PaymentDocument.read(ID, null, 17, PaymentDocument.of(ended)))
                .isEqualTo(ended);
        assertThat(PaymentDocument.of(WHOLE)).doesNotContain("contactGeneration");
    }

    /** Views and migrations read these names. */
    @Test
    void names_in_a_document_stay() {
        assertThat(PaymentDocument.of(WHOLE))
                .contains("\"providerSession\":\"cs_1\"", "\"state\":\"ENDING\"", "\"outcome\":\"captured-twice\"")
                .contains("\"providerPayment\":\"pay_1\"", "\"answer\":\"NONE\"", "\"reportedAgain\":3")
                .contains("\"amount\":{\"amount\":800,\"currency\":\"USD\"}", "\"transferredBy\":\"ada\"")
                .contains("\"kind\":\"CREDIT_NOTE\"", "\"booked\":true", "\"at\":\"2026-02-02T17:00:00.123456Z\"")
                .doesNotContain("isLive", "transfer\":", "positive");
    }

    /** An update logs the bytes from the first to the last difference, so fields that change seldom come last. */
    @Test
    void document_ends_with_its_most_stable_fields() {
        assertThat(PaymentDocument.of(WHOLE))
                .containsSubsequence(
                        "{\"transfers\"",
                        "\"documents\"",
                        "\"inquiries\"",
                        "\"disputes\"",
                        "\"refunds\"",
                        "\"captures\"",
                        "\"attempts\"",
                        "\"sessions\"")
                .endsWith("\"closedBecause\":null,\"requestedAt\":null}");
    }

    @Test
    void open_work_is_what_waits() {
        assertThat(OpenWork.of(WHOLE, T0))
                .extracting(OpenWork::kind)
                .containsExactly(
                        OpenWork.Kind.SESSION, OpenWork.Kind.ANSWER, OpenWork.Kind.SURPLUS, OpenWork.Kind.REFUND);
        assertThat(OpenWork.of(WHOLE, T0))
                .extracting(OpenWork::dueAt)
                .as("a session is ended at once, nobody is there to report to, and the refund has its money")
                .containsExactly(T0, null, null, T0);
    }
}
