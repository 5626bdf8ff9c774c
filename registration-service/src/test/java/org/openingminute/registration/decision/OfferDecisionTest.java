package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Attendee.Proof;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import tools.jackson.databind.JsonNode;

/** Proves the offer after a refused proof, and the order that it becomes, by batches in memory. */
class OfferDecisionTest extends ReviewBatches {

    @Test
    void an_accepted_offer_keeps_the_prices_of_the_first_hold() {
        UUID id = register(null, "student");
        sendProof(id, 0);
        now = START.plus(Duration.ofDays(3));
        review(id, true, null, null);

        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(proofs(id)).containsExactly(Proof.accepted);
        assertThat(registrations.get(id).total()).isEqualTo(usd(30_000));
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofHours(12)));
        assertThat(published()).endsWith("registration.held.v1");
        assertThat(lastRequest().get("payable").asBoolean()).isTrue();
        assertThat(lastRequest().at("/due/amount").asLong()).isEqualTo(30_000);
        assertThat(lastRequest().get("revision").asLong()).isEqualTo(3);
        assertThat(audit).extracting(SaleState.AuditEntry::actor).containsExactly(OLGA);
    }

    @Test
    void refused_is_offered_the_other_category_at_the_prices_of_the_first_hold() {
        UUID id = register(null, "student");
        now = START.plus(Duration.ofDays(1)).minusSeconds(1);
        sendProof(id, 0);
        now = START.plus(Duration.ofDays(3));
        review(id, false, null, "The card has ended.");

        Registration rejected = registrations.get(id);
        assertThat(rejected.status()).isEqualTo(Status.REJECTED);
        assertThat(rejected.reason().text()).isEqualTo("The card has ended.");
        assertThat(proofs(id)).containsExactly(Proof.refused);
        assertThat(offer(id).price().total()).isEqualTo(usd(100_000));
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofHours(12)));
        assertThat(allocated("category:student")).isEqualTo(Inventory.Allocated.NOTHING);
        assertThat(allocated("category:seat")).isEqualTo(new Inventory.Allocated(1, 0, null));
        assertThat(allocated("capacity")).isEqualTo(new Inventory.Allocated(1, 0, null));
        assertThat(published()).endsWith("registration.rejected.v1");
        JsonNode event = Documents.treeOf(messages.getLast().body());
        assertThat(event.at("/offer/total/amount").asLong()).isEqualTo(100_000);
        assertThat(event.at("/attendees/0/proof").asString()).isEqualTo("refused");
    }

    @Test
    void an_accepted_offer_becomes_the_order_and_a_request_of_its_own() {
        UUID id = register(null, "student", "guest");
        review(id, false, null, "No card.");
        now = now.plus(Duration.ofHours(11));
        accept(id);

        Registration accepted = registrations.get(id);
        assertThat(accepted.status()).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(accepted.total()).isEqualTo(usd(100_000));
        assertThat(accepted.attendees()).extracting(Attendee::category).containsExactly("seat", "guest");
        assertThat(proofs(id)).containsOnlyNulls();
        assertThat(accepted.offer()).isNull();
        assertThat(accepted.reason().text()).isNull();
        assertThat(accepted.allocation().amounts())
                .isEqualTo(Map.of("capacity", 2, "category:seat", 1, "category:guest", 1));
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofHours(12)));
        assertThat(lastRequest().at("/due/amount").asLong()).isEqualTo(100_000);
        assertThat(lastRequest().get("revision").asLong()).isEqualTo(2);
        assertThat(allocated("category:seat")).isEqualTo(new Inventory.Allocated(1, 0, null));
        assertThat(notes).contains("Proof refused", "Offer made", "Offer accepted");
    }

    @Test
    void an_accepted_offer_with_nothing_to_pay_is_confirmed() {
        UUID id = register(null, "child");
        review(id, false, null, "Too old.");
        accept(id);

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(allocated("category:guest")).isEqualTo(new Inventory.Allocated(0, 1, null));
        assertThat(allocated("category:child")).isEqualTo(Inventory.Allocated.NOTHING);
    }

    @Test
    void only_accepted_attendees_keep_their_category_in_an_offer() {
        UUID id = register(null, "student", "student", "student");
        review(id, true, attendee(id, 0), null);
        review(id, false, attendee(id, 1), "No card.");

        assertThat(proofs(id)).containsExactly(Proof.accepted, Proof.refused, Proof.wanted);
        assertThat(offer(id).categories()).containsExactly("student", "seat", "seat");
        assertThat(offer(id).price().total()).isEqualTo(usd(230_000));
        accept(id);
        assertThat(proofs(id)).containsExactly(Proof.accepted, null, null);
    }

    @Test
    void a_voucher_that_is_for_nobody_any_more_is_dropped_and_its_use_is_free() {
        UUID id = register("HALF", "student");
        assertThat(allocated("voucher:HALF")).isEqualTo(new Inventory.Allocated(1, 0, null));
        review(id, false, null, "No card.");

        assertThat(offer(id).price().voucher()).isNull();
        assertThat(offer(id).price().total()).isEqualTo(usd(100_000));
        assertThat(allocated("voucher:HALF")).isEqualTo(Inventory.Allocated.NOTHING);
    }

    @Test
    void a_voucher_that_still_touches_somebody_stays_though_it_has_ended_since() {
        UUID id = register("TEN", "student");
        now = START.plus(Duration.ofHours(20));
        review(id, false, null, "No card.");

        assertThat(offer(id).price().voucher()).isEqualTo("TEN");
        assertThat(offer(id).price().total()).isEqualTo(usd(90_000));
        assertThat(allocated("voucher:TEN")).isEqualTo(new Inventory.Allocated(1, 0, null));
    }

    @Test
    void a_full_alternative_category_gives_no_offer() {
        UUID id = register(null, "student");
        register(null, "seat", "seat");
        review(id, false, null, "No card.");

        assertThat(status(id)).isEqualTo(Status.REJECTED);
        assertThat(registrations.get(id).offer()).isNull();
        assertThat(registrations.get(id).hold().expiresAt()).isNull();
        assertThat(allocated("capacity")).isEqualTo(new Inventory.Allocated(2, 0, null));
        assertThat(allocated("category:student")).isEqualTo(Inventory.Allocated.NOTHING);
        assertThat(messages.stream().map(OutgoingMessage::type)).contains("payment.close.v1");
        assertThatThrownBy(() -> accept(id)).isInstanceOf(Problem.class).hasMessageContaining("no offer");
        cancel(id);
        assertThat(allocated("capacity")).as("freed once").isEqualTo(new Inventory.Allocated(2, 0, null));
    }

    @Test
    void returned_seats_make_room_for_the_offer() {
        UUID id = register(null, "student", "student");
        register(null, "student", "student");
        assertThat(allocated("capacity").held()).as("all seats are held").isEqualTo(4);
        review(id, false, null, "No cards.");

        assertThat(offer(id).categories()).containsExactly("seat", "seat");
        assertThat(allocated("capacity").held()).isEqualTo(4);
    }

    @Test
    void a_category_without_an_alternative_gets_no_offer() {
        UUID id = register(null, "student", "alumni");
        review(id, false, attendee(id, 0), "No card.");

        assertThat(registrations.get(id).offer()).isNull();
        assertThat(allocated("capacity")).isEqualTo(Inventory.Allocated.NOTHING);
    }

    @Test
    void an_offer_that_runs_out_frees_what_it_held_and_cannot_be_accepted() {
        UUID id = register(null, "student");
        review(id, false, null, "No card.");
        now = end(id);
        assertThatThrownBy(() -> accept(id))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.NOT_ALLOWED_NOW));
        decide(new Command.HoldEnded(SLUG, id));

        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(registrations.get(id).offer()).isNull();
        assertThat(quotas.values()).containsOnly(Inventory.Allocated.NOTHING);
    }

    @Test
    void a_cancelled_offer_frees_what_it_held() {
        UUID id = register(null, "student");
        review(id, false, null, "No card.");
        cancel(id);

        assertThat(status(id)).isEqualTo(Status.CANCELLED);
        assertThat(quotas.values()).containsOnly(Inventory.Allocated.NOTHING);
    }
}
