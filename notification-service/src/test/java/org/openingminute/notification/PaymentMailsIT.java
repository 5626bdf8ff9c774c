package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.soon;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves the mails about payments and refunds, on the running service with its database, broker and a mail trap. */
@NotificationServiceApplicationTest
class PaymentMailsIT {

    private static final Map<String, Object> RECEIPT =
            Map.of("receipt", Map.of("number", "2026-000001", "issuedAt", "2026-02-02T17:01:37Z"));

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void a_confirmation_waits_for_the_receipt_and_links_to_it() {
        Story story = new Story();
        // With this publication time, the mail waits about a minute longer, so the receipt arrives first.
        NEIGHBOURS.publish(story.confirmed().at(Instant.now().plusSeconds(60)));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation waiting"));
        NEIGHBOURS.publish(story.payment("payment.receipt-issued.v1", "captured", List.of(), false, RECEIPT));

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
        for (String form : List.of("text", "html")) {
            assertThat(service.mailsTo(story.email).getFirst().path(form).asString())
                    .contains(StaffIssuer.ISSUER + "/open?to=receipt#k1." + story.id + ".-.0.");
        }
    }

    @Test
    void a_confirmation_goes_without_a_receipt_that_does_not_come() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        assertThat(service.mailsTo(story.email).getFirst().path("text").asString())
                .doesNotContain("to=receipt");
    }

    @Test
    void dispute_is_mailed_when_it_begins_and_when_it_is_lost() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));

        NEIGHBOURS.publish(story.payment(
                "payment.disputed.v1", "disputed", List.of(), false, Map.of("disputes", dispute("open"))));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent", "payment-disputed sent"));

        NEIGHBOURS.publish(story.payment(
                "payment.dispute-ended.v1", "disputed", List.of(), false, Map.of("disputes", dispute("lost"))));
        NEIGHBOURS.publish(story.with("reason", "the payment was taken back")
                .registration("registration.cancelled.v1", "cancelled", null));
        soon(() -> assertThat(service.rowsOf(story.id))
                .containsExactly("confirmation sent", "payment-disputed sent", "cancelled sent"));
        assertThat(service.mailsTo(story.email))
                .extracting(mail -> mail.path("text").asString())
                .anyMatch(text -> text.contains("you dispute the payment of USD 800.00"))
                .anyMatch(text -> text.contains("Your bank took USD 800.00 back"))
                .noneMatch(text -> text.contains("cancellation policy"));
    }

    private static List<Map<String, Object>> dispute(String state) {
        return List.of(Map.of(
                "id",
                "019c1f4d-7198-7094-8194-5a1dc5bb715c",
                "amount",
                Story.money(80_000),
                "state",
                state,
                "at",
                "2026-02-03T17:00:00Z"));
    }

    @Test
    void refund_done_then_failed_then_made_again_gives_three_true_mails() {
        Story story = new Story();
        String first = UUID.randomUUID().toString();
        String second = UUID.randomUUID().toString();
        NEIGHBOURS.publish(story.confirmed());
        NEIGHBOURS.publish(
                story.payment("payment.refunded.v1", "partly-refunded", List.of(refund(first, "done", false)), false));
        soon(() -> assertThat(service.rowsOf(story.id))
                .containsExactlyInAnyOrder("confirmation sent", "refund-made sent"));

        NEIGHBOURS.publish(
                story.payment("payment.refund-failed.v1", "captured", List.of(refund(first, "failed", true)), false));
        soon(() -> assertThat(service.rowsOf(story.id)).contains("refund-failed sent"));
        NEIGHBOURS.publish(story.payment(
                "payment.refunded.v1",
                "partly-refunded",
                List.of(refund(first, "failed", true), refund(second, "done", false)),
                false));

        soon(() -> assertThat(service.rowsOf(story.id))
                .containsExactlyInAnyOrder(
                        "confirmation sent", "refund-made sent", "refund-failed sent", "refund-made sent"));
        assertThat(service.mailsTo(story.email))
                .extracting(mail -> mail.path("text").asString())
                .filteredOn(text -> text.contains("USD 300.00"))
                .satisfiesExactly(
                        made -> assertThat(made).contains("We have refunded USD 300.00"),
                        failed -> assertThat(failed).contains("We refunded USD 300.00, but it did not reach you"),
                        again -> assertThat(again).contains("We have refunded USD 300.00"));
    }

    private static Map<String, Object> refund(String id, String state, boolean returned) {
        return Map.of(
                "id",
                id,
                "amount",
                Story.money(30_000),
                "state",
                state,
                "at",
                "2026-02-02T18:00:00Z",
                "returned",
                returned);
    }

    @Test
    void money_that_came_by_transfer_goes_back_by_one() {
        Story story = new Story();
        Map<String, Object> refund = Map.of(
                "id",
                UUID.randomUUID().toString(),
                "amount",
                Story.money(30_000),
                "state",
                "done",
                "at",
                "2026-02-02T18:00:00Z",
                "byTransfer",
                true);
        NEIGHBOURS.publish(story.payment("payment.refunded.v1", "partly-refunded", List.of(refund), false));
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id))
                .containsExactlyInAnyOrder("confirmation sent", "refund-made sent"));
        assertThat(service.mailsTo(story.email))
                .extracting(mail -> mail.path("text").asString())
                .anyMatch(text -> text.contains("The organisers have transferred USD 300.00 back to you"))
                .noneMatch(text -> text.contains("payment method"));
    }

    @Test
    void expired_mail_is_superseded_by_late_money() {
        Story story = new Story();
        Instant soon = Instant.now().plusSeconds(60);
        NEIGHBOURS.publish(
                story.registration("registration.expired.v1", "expired", null).at(soon));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("expired waiting"));
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    void mail_that_was_due_later_is_due_later_again() {
        Story story = new Story();
        NEIGHBOURS.publish(story.held().at(Instant.now().plusSeconds(60)));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("pay-now waiting"));
        NEIGHBOURS.publish(story.payment("payment.failed.v1", "processing", List.of(), true));
        soon(() -> assertThat(service.rowsOf(story.id)).isEmpty());
        NEIGHBOURS.publish(story.payment("payment.failed.v1", "awaiting", List.of(), false));

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("pay-now sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    void superseded_mail_is_sent_when_it_is_due_again() {
        String slug = "conference-" + UUID.randomUUID().toString().substring(0, 8);
        Story story = new Story()
                .with("conference", slug)
                .with(
                        "attendees",
                        List.of(Map.of(
                                "id",
                                UUID.randomUUID().toString(),
                                "givenName",
                                "Ada",
                                "familyName",
                                "Lovelace",
                                "proof",
                                "accepted")));
        NEIGHBOURS.publish(story.held());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("proof-accepted waiting"));
        NEIGHBOURS.publish(story.payment("payment.failed.v1", "processing", List.of(), true));
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("proof-accepted superseded"));
        NEIGHBOURS.publish(story.payment("payment.failed.v1", "awaiting", List.of(), false));
        NEIGHBOURS.publish(Story.conference(slug, 1));

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("proof-accepted sent"));
        assertThat(service.mailsTo(story.email)).hasSize(1);
    }

    @Test
    void pay_now_mail_is_not_due_when_payment_came_before_the_hold() {
        Story story = new Story();
        Story.Event held = story.held();
        NEIGHBOURS.publish(story.payment("payment.captured.v1", "captured", List.of(), false));
        soon(() -> assertThat(knows(story.id)).isTrue());
        NEIGHBOURS.publish(held);
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
    }

    private boolean knows(UUID registration) {
        return jdbc.sql("select count(*) from projection where id = ?")
                        .param(registration)
                        .query(Long.class)
                        .single()
                == 1;
    }
}
