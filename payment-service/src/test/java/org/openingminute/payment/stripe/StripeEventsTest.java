package org.openingminute.payment.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.RefundResult;
import tools.jackson.databind.node.ObjectNode;

/** Proves what Stripe's events report, whether received or polled, with a played Stripe over HTTP. */
class StripeEventsTest extends StripeCase {

    @ParameterizedTest
    @ValueSource(strings = {"checkout.session.completed", "checkout.session.async_payment_succeeded"})
    void a_session_that_is_paid_is_money_and_its_end(String type) {
        ObjectNode session = opened();
        ObjectNode intent = stripe.paid(session, NOW);

        assertThat(reported(stripe.happened(type, session, NOW.plusSeconds(1))))
                .isEqualTo(events(
                        new PaymentTrigger.MoneyArrived(ATTEMPT, "stripe", id(intent), DUE, NOW.plusSeconds(1)),
                        new PaymentTrigger.SessionEnded(ATTEMPT)));
        assertThat(stripe.calls("GET", "/v1/payment_intents/" + id(intent))).isEmpty();
    }

    @Test
    void complete_session_without_payment_reports_nothing_yet() {
        ObjectNode session = opened().put("status", "complete");
        assertThat(reported(stripe.happened("checkout.session.completed", session, NOW)))
                .isNull();
    }

    @Test
    void a_session_that_expired_is_over() {
        ObjectNode session = opened().put("status", "expired");
        assertThat(reported(stripe.happened("checkout.session.expired", session, NOW)))
                .isEqualTo(events(new PaymentTrigger.SessionEnded(ATTEMPT)));
    }

    @Test
    void attempts_are_reported_under_the_names_that_a_fetch_gives_them() {
        ObjectNode session = opened();
        ObjectNode intent = stripe.toBeConfirmed(session, NOW);
        assertThat(reported(stripe.happened("payment_intent.requires_action", intent, NOW)))
                .isEqualTo(events(provider.fetch(id(session)).happened().getFirst()));

        stripe.declined(session, "insufficient_funds", NOW);
        assertThat(reported(stripe.happened("payment_intent.payment_failed", intent, NOW)))
                .isEqualTo(events(provider.fetch(id(session)).happened().getFirst()));

        stripe.notConfirmed(session, NOW);
        assertThat(reported(stripe.happened("payment_intent.payment_failed", intent, NOW)))
                .isEqualTo(events(new PaymentTrigger.Declined(
                        "stripe",
                        intent.path("last_payment_error")
                                .path("payment_method")
                                .path("id")
                                .asString(),
                        "not-confirmed",
                        NOW)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"charge.dispute.created", "charge.dispute.funds_withdrawn"})
    void a_dispute_is_known_by_its_payment(String type) {
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, "needs_response", NOW.plusSeconds(60));
        assertThat(reported(stripe.happened(type, dispute, NOW.plusSeconds(61))))
                .isEqualTo(events(opening(dispute, intent)));
    }

    @ParameterizedTest
    @CsvSource({
        "won,charge.dispute.closed,true",
        "lost,charge.dispute.closed,false",
        "won,charge.dispute.funds_reinstated,true"
    })
    void ended_dispute_reports_its_beginning_too(String state, String type, boolean won) {
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, state, NOW.plusSeconds(60));
        assertThat(reported(stripe.happened(type, dispute, NOW.plusSeconds(90))))
                .isEqualTo(events(
                        opening(dispute, intent),
                        new PaymentTrigger.DisputeEnded("stripe", id(dispute), won, NOW.plusSeconds(90))));
    }

    @Test
    void inquiry_takes_no_money_until_it_is_withdrawn() {
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, "warning_needs_response", NOW.plusSeconds(60));
        assertThat(reported(stripe.happened("charge.dispute.created", dispute, NOW.plusSeconds(61))))
                .isEqualTo(events(inquiry(dispute, intent, null)));

        dispute.put("status", "warning_closed");
        assertThat(reported(stripe.happened("charge.dispute.closed", dispute, NOW.plusSeconds(90))))
                .isEqualTo(events(inquiry(dispute, intent, NOW.plusSeconds(90))));

        StripeWorld.moved(dispute.put("status", "needs_response"), -80_000);
        assertThat(reported(stripe.happened("charge.dispute.funds_withdrawn", dispute, NOW.plusSeconds(99))))
                .isEqualTo(events(opening(dispute, intent)));
        assertThat(StripeEvents.SINCE_CAPTURE).contains("charge.dispute.funds_withdrawn");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # a resolution paid the cardholder
                    -80000, 0,     LOST
                    -80000, 80000, WON
                    # a block took nothing
                    0,      0,     INQUIRY
                    """)
    void prevented_dispute_is_decided_by_its_money(long withdrawn, long reinstated, String outcome) {
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, "prevented", NOW.plusSeconds(60));
        if (withdrawn < 0) {
            StripeWorld.moved(dispute, withdrawn);
            StripeWorld.moved(dispute, reinstated);
        }
        assertThat(reported(stripe.happened("charge.dispute.closed", dispute, NOW.plusSeconds(90))))
                .isEqualTo(
                        outcome.equals("INQUIRY")
                                ? events(inquiry(dispute, intent, NOW.plusSeconds(90)))
                                : events(
                                        opening(dispute, intent),
                                        new PaymentTrigger.DisputeEnded(
                                                "stripe", id(dispute), outcome.equals("WON"), NOW.plusSeconds(90))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "null", "0"})
    void dispute_without_a_deadline_has_none(String dueBy) {
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, "needs_response", NOW.plusSeconds(60));
        ObjectNode details = dispute.putObject("evidence_details");
        switch (dueBy) {
            case "null" -> details.putNull("due_by");
            case "0" -> details.put("due_by", 0);
            default -> dispute.remove("evidence_details");
        }
        assertThat(reported(stripe.happened("charge.dispute.created", dispute, NOW.plusSeconds(61))))
                .isEqualTo(events(new PaymentTrigger.DisputeOpened(
                        "stripe", id(dispute), id(intent), DUE, NOW.plusSeconds(60), null)));
    }

    private static PaymentTrigger inquiry(ObjectNode dispute, ObjectNode intent, @Nullable Instant closedAt) {
        Instant began = Instant.ofEpochSecond(dispute.path("created").asLong());
        return new PaymentTrigger.InquiryReported(
                "stripe", id(dispute), id(intent), DUE, began, closedAt, began.plus(StripeWorld.ANSWERED_WITHIN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"refund.updated", "refund.failed", "charge.refund.updated"})
    void refund_that_failed_after_success_reports_both(String type) {
        ObjectNode refund = refunded();
        assertThat(reported(stripe.happened(type, refund, NOW)))
                .isEqualTo(events(new PaymentTrigger.RefundDone(REFUND, id(refund), NOW)));

        refund.put("status", "failed").put("failure_reason", "lost_or_stolen_card");
        assertThat(reported(stripe.happened(type, refund, NOW)))
                .isEqualTo(events(new PaymentTrigger.RefundFailed(REFUND, "lost-or-stolen-card", NOW)));

        refund.put("status", "pending");
        assertThat(reported(stripe.happened(type, refund, NOW))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"refund.created", "refund.updated", "charge.refund.updated"})
    void refund_made_in_the_dashboard_is_reported_by_its_name(String type) {
        ObjectNode intent = paid();
        ObjectNode refund = stripe.refundedByHand(intent, 500, NOW);
        assertThat(reported(stripe.happened(type, refund, NOW)))
                .isEqualTo(events(new PaymentTrigger.RefundReported(
                        "stripe", id(intent), id(refund), new Money(500, "USD"), null, NOW)));
        assertThat(all(NOW)).hasSize(1);

        refund.put("status", "failed").put("failure_reason", "lost_or_stolen_card");
        assertThat(reported(stripe.happened("refund.failed", refund, NOW)))
                .isEqualTo(events(new PaymentTrigger.RefundReported(
                        "stripe", id(intent), id(refund), new Money(500, "USD"), "lost-or-stolen-card", NOW)));
    }

    @Test
    void payments_without_our_id_are_ignored() {
        ObjectNode session = opened();
        ObjectNode intent = stripe.paid(session, NOW);
        ObjectNode dispute = stripe.disputed(intent, "lost", NOW);
        ObjectNode refund = StripeObjects.of("refund").put("id", "re_9").put("status", "failed");
        refund.put("payment_intent", id(intent));
        intent.putObject("metadata").put("registration", "ML26-7K3F9Q");
        session.putObject("metadata");

        assertThat(reported(stripe.happened("checkout.session.completed", session, NOW)))
                .isNull();
        assertThat(reported(stripe.happened("payment_intent.payment_failed", intent, NOW)))
                .isNull();
        assertThat(reported(stripe.happened("payment_intent.requires_action", intent, NOW)))
                .isNull();
        assertThat(reported(stripe.happened("charge.dispute.closed", dispute, NOW)))
                .isNull();
        assertThat(reported(stripe.happened("refund.failed", refund, NOW))).isNull();
        assertThat(reported(stripe.happened(
                        "charge.dispute.closed", dispute.deepCopy().putNull("payment_intent"), NOW)))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan.created", "checkout.session.async_payment_failed", "v2.core.event", ""})
    void other_events_report_nothing(String type) {
        ObjectNode session = opened();
        stripe.paid(session, NOW);
        assertThat(reported(stripe.happened(type, session, NOW))).isNull();
    }

    @Test
    void an_event_of_another_version_is_read_all_the_same() {
        ObjectNode session = opened();
        ObjectNode intent = stripe.paid(session, NOW);
        // As a later version may send it: an expanded payment, unknown fields and another type of a known field.
        ObjectNode later = session.deepCopy();
        later.set("payment_intent", intent.deepCopy());
        later.put("mode", 7).putArray("payment_method_types").addObject();
        ObjectNode event = stripe.happened("checkout.session.completed", later, NOW);
        event.put("api_version", "2031-01-01.later")
                .put("object", "event.later")
                .put("request", 1);

        ProviderEvents events = Objects.requireNonNull(reported(event));
        assertThat(events.triggers())
                .first()
                .isEqualTo(new PaymentTrigger.MoneyArrived(ATTEMPT, "stripe", id(intent), DUE, NOW));
    }

    @Test
    void money_without_an_amount_is_an_error_and_not_nothing() {
        ObjectNode session = opened();
        stripe.paid(session, NOW);
        session.remove("amount_total");
        ObjectNode event = stripe.happened("checkout.session.completed", session, NOW);
        assertThatThrownBy(() -> reported(event)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_dispute_looks_up_its_payment_once() {
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, "needs_response", NOW);
        ObjectNode event = stripe.happened("charge.dispute.created", dispute, NOW);
        stripe.refuseNext(500, null, null);
        assertThatThrownBy(() -> reported(event)).isInstanceOf(ProviderUnavailable.class);

        assertThat(reported(event)).isNotNull().isEqualTo(reported(event));
        assertThat(stripe.calls("GET", "/v1/payment_intents/" + id(intent))).hasSize(2);
    }

    @Test
    void since_capture_every_page_is_reported_oldest_first() {
        stripe.pagesOf(2);
        ObjectNode intent = paid();
        ObjectNode refund = refunded(intent);
        ObjectNode dispute = stripe.disputed(intent, "needs_response", NOW.plusSeconds(10));
        stripe.happened("charge.dispute.created", dispute, NOW.minusSeconds(100));
        stripe.happened("charge.dispute.created", dispute, NOW.plusSeconds(10));
        stripe.happened("charge.refund.updated", refund, NOW.plusSeconds(20));
        refund.put("status", "failed");
        stripe.happened("refund.failed", refund, NOW.plusSeconds(30));
        dispute.put("status", "lost");
        stripe.happened("charge.dispute.closed", dispute, NOW.plusSeconds(40));
        stripe.happened("plan.created", StripeObjects.of("plan"), NOW.plusSeconds(50));

        List<ProviderEvents> reported = all(NOW);

        assertThat(reported)
                .containsExactly(
                        events(opening(dispute, intent)),
                        events(new PaymentTrigger.RefundFailed(REFUND, "refused", NOW.plusSeconds(30))),
                        events(
                                opening(dispute, intent),
                                new PaymentTrigger.DisputeEnded("stripe", id(dispute), false, NOW.plusSeconds(40))));
        assertThat(all(NOW.plusSeconds(41))).isEmpty();
        assertThat(all(Instant.EPOCH.minusSeconds(300))).hasSize(4);
    }

    @Test
    void event_polling_is_bounded_and_resumes_from_the_oldest() {
        stripe.pagesOf(2);
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, "needs_response", NOW.minusSeconds(5_000));
        for (int event = 0; event < 100; event++) {
            stripe.happened("charge.dispute.created", dispute, NOW.minusSeconds(5_000 - 10 * event));
        }

        @Nullable Instant next = Instant.EPOCH;
        int reported = 0;
        while (next != null) {
            int before = stripe.calls("GET", "/v1/events").size();
            ProviderEvents.EventPage page = provider.sinceCapture(next);
            // The interval is halved from 30 days to a few seconds, one call each.
            assertThat(stripe.calls("GET", "/v1/events").size() - before).isLessThan(25);
            assertThat(page.events()).hasSizeLessThanOrEqualTo(2);
            reported += page.events().size();
            next = page.next();
        }
        assertThat(reported).isEqualTo(100);
    }

    @Test
    void since_capture_events_of_one_second_are_reported_together() {
        stripe.pagesOf(2);
        ObjectNode dispute = stripe.disputed(paid(), "needs_response", NOW.minusSeconds(9));
        for (int event = 0; event < 7; event++) {
            stripe.happened("charge.dispute.created", dispute, NOW.minusSeconds(9));
        }
        assertThat(all(Instant.EPOCH)).hasSize(7);
    }

    @Test
    void since_capture_an_unreadable_event_holds_up_no_other() {
        ObjectNode dispute = stripe.disputed(paid(), "needs_response", NOW);
        stripe.happened("charge.dispute.created", dispute.deepCopy().putNull("amount"), NOW);
        stripe.happened("charge.dispute.created", dispute, NOW.plusSeconds(1));
        assertThat(all(NOW)).hasSize(1);
    }

    private List<ProviderEvents> all(Instant since) {
        List<ProviderEvents> all = new ArrayList<>();
        @Nullable Instant next = since;
        while (next != null) {
            ProviderEvents.EventPage page = provider.sinceCapture(next);
            all.addAll(page.events());
            next = page.next();
        }
        return all;
    }

    @Test
    void paid_registrations_are_listed_from_any_page() {
        stripe.pagesOf(1);
        ObjectNode session = opened();
        stripe.paid(session, NOW);
        stripe.happened("checkout.session.completed", session, NOW.minusSeconds(1));
        stripe.happened("checkout.session.completed", session, NOW);
        stripe.happened("checkout.session.completed", session.deepCopy().putNull("metadata"), NOW.plusSeconds(1));
        assertThat(provider.paidSince(NOW)).containsExactly(REGISTRATION);
        assertThat(stripe.calls("GET", "/v1/events")).hasSize(2);
        assertThat(provider.paidSince(NOW.plusSeconds(1))).isEmpty();
    }

    @Test
    void a_payment_that_stripe_does_not_know_is_not_ours() {
        ObjectNode intent = paid();
        ObjectNode dispute = stripe.disputed(intent, "needs_response", NOW);
        stripe.forgets(id(intent));
        assertThat(reported(stripe.happened("charge.dispute.created", dispute, NOW)))
                .isNull();
    }

    private ObjectNode refunded() {
        return refunded(paid());
    }

    private ObjectNode refunded(ObjectNode intent) {
        return stripe.object(((RefundResult.RefundDone) provider.refund(refund(intent, 500))).name());
    }

    private static PaymentTrigger.DisputeOpened opening(ObjectNode dispute, ObjectNode intent) {
        Instant began = Instant.ofEpochSecond(dispute.path("created").asLong());
        return new PaymentTrigger.DisputeOpened(
                "stripe", id(dispute), id(intent), DUE, began, began.plus(StripeWorld.ANSWERED_WITHIN));
    }

    private static ProviderEvents events(PaymentTrigger... triggers) {
        return new ProviderEvents(REGISTRATION, List.of(triggers));
    }
}
