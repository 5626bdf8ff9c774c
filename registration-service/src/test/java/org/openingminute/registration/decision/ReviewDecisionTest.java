package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Attendee.Proof;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.Examples;

/** Proves the life of proofs from request to review, by batches in memory. */
class ReviewDecisionTest extends ReviewBatches {

    @Test
    void seats_are_held_for_the_proof_and_then_for_the_review() {
        UUID id = register(null, "student", "seat", "student");
        assertThat(proofs(id)).containsExactly(Proof.wanted, null, Proof.wanted);
        assertThat(status(id)).isEqualTo(Status.PENDING_REVIEW);
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofHours(24)));

        now = START.plus(Duration.ofHours(3));
        sendProof(id, 0);
        assertThat(proofs(id)).containsExactly(Proof.received, null, Proof.wanted);
        assertThat(end(id)).as("one is still wanted").isEqualTo(START.plus(Duration.ofHours(24)));
        assertThat(published()).endsWith("registration.changed.v1");

        now = START.plus(Duration.ofHours(4));
        long requests = paymentRequests();
        sendProof(id, 2);
        assertThat(end(id)).as("all are there").isEqualTo(now.plus(Duration.ofDays(5)));
        assertThat(paymentRequests()).as("payment-service gets the new end").isEqualTo(requests + 1);
        assertThat(status(id)).isEqualTo(Status.PENDING_REVIEW);
    }

    @Test
    void a_resent_proof_replaces_the_former_and_keeps_the_hold() {
        UUID id = register(null, "student");
        UUID first = sendProof(id, 0);
        Instant end = end(id);
        now = START.plus(Duration.ofHours(30));
        UUID second = sendProof(id, 0);

        assertThat(end(id)).isEqualTo(end);
        assertThat(second).isNotEqualTo(first);
        assertThat(registrations.get(id).attendees().getFirst().proofFile()).isEqualTo(second);
    }

    @Test
    void the_days_of_a_review_never_shorten_the_hours_for_the_proof() {
        definition = Examples.json(
                DEFINITION.replace("\"proofHours\": 24, \"reviewDays\": 5", "\"proofHours\": 240, \"reviewDays\": 1"));
        UUID id = register(null, "student");
        Instant end = end(id);
        sendProof(id, 0);

        assertThat(end(id)).isEqualTo(end);
    }

    @Test
    void proof_is_accepted_only_if_required_and_during_review() {
        UUID id = register(null, "student", "seat");
        refusesProof(id, registrations.get(id).attendees().get(1).id(), CommonProblem.NOT_ALLOWED_NOW);
        refusesProof(id, UUID.fromString("00000000-0000-0000-0000-000000000001"), CommonProblem.NOT_FOUND);
        sendProof(id, 0);
        now = end(id);
        refusesProof(id, attendee(id, 0), CommonProblem.NOT_ALLOWED_NOW);
        now = now.minusSeconds(1);
        review(id, true, null, null);
        refusesProof(id, attendee(id, 0), CommonProblem.NOT_ALLOWED_NOW);
    }

    @Test
    void registration_waits_until_both_proofs_are_accepted() {
        UUID id = register(null, "student", "student");
        sendProof(id, 0);
        Instant end = end(id);
        review(id, true, attendee(id, 0), null);
        assertThat(status(id)).isEqualTo(Status.PENDING_REVIEW);
        assertThat(proofs(id)).containsExactly(Proof.accepted, Proof.wanted);
        assertThat(end(id)).isEqualTo(end);
        long revision = registrations.get(id).revision();
        for (boolean accept : new boolean[] {true, false}) {
            assertThatThrownBy(() -> review(id, accept, attendee(id, 0), "because"))
                    .isInstanceOfSatisfying(
                            Problem.class,
                            problem -> assertThat(problem.code()).isEqualTo(CommonProblem.NOT_ALLOWED_NOW));
        }
        assertThat(registrations.get(id).revision()).as("already accepted").isEqualTo(revision);

        review(id, true, attendee(id, 1), "saw it at the desk");
        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
    }

    @Test
    void the_last_missing_proof_extends_the_hold_for_review() {
        UUID id = register(null, "student", "student");
        sendProof(id, 0);
        review(id, true, attendee(id, 1), "saw it at the desk");

        assertThat(proofs(id)).containsExactly(Proof.received, Proof.accepted);
        assertThat(end(id)).isEqualTo(now.plus(Duration.ofDays(5)));
    }

    @Test
    void accepted_with_nothing_to_pay_is_confirmed() {
        UUID id = register(null, "child");
        review(id, true, null, null);

        assertThat(status(id)).isEqualTo(Status.CONFIRMED);
        assertThat(allocated("category:child")).isEqualTo(new Inventory.Allocated(0, 1, null));
        assertThat(published()).endsWith("registration.confirmed.v1");
    }

    @Test
    void a_proof_that_does_not_come_frees_the_seats() {
        UUID id = register(null, "student");
        now = end(id);
        decide(new Command.HoldEnded(SLUG, id));

        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(registrations.get(id).reason().text()).isEqualTo("the time for the proof ran out");
        assertThat(quotas.values()).containsOnly(Inventory.Allocated.NOTHING);
    }

    @ParameterizedTest
    @CsvSource({"true, 1, NOT_ALLOWED_NOW", "false, 1, NOT_ALLOWED_NOW", "true, 9, NOT_FOUND", "false, 9, NOT_FOUND"})
    void only_a_proof_that_is_needed_is_judged(boolean accept, int attendee, CommonProblem code) {
        UUID id = register(null, "student", "seat");
        UUID judged = attendee == 9 ? id : attendee(id, attendee);
        assertThatThrownBy(() -> review(id, accept, judged, "because"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
    }

    @Test
    void a_registration_not_in_review_cannot_be_reviewed() {
        UUID id = register(null, "seat");
        assertThatThrownBy(() -> review(id, true, null, null)).isInstanceOf(Problem.class);
        UUID refused = register(null, "student");
        review(refused, false, null, "No card.");
        assertThatThrownBy(() -> review(refused, true, null, null)).isInstanceOf(Problem.class);
    }

    @Test
    void a_registration_that_was_kept_before_there_were_proofs_is_read() {
        UUID id = register(null, "student");
        String old = Documents.json(registrations.get(id))
                .replaceAll(",\"proof\":\"wanted\"|,\"proofFile\":null|,\"offer\":null", "");

        assertThat(old).doesNotContain("proof", "offer");
        Registration read = Documents.registration(old);
        assertThat(read.offer()).isNull();
        assertThat(read.attendees()).extracting(Attendee::proof).containsOnlyNulls();
    }

    @Test
    void stored_registrations_are_read_unchanged() {
        UUID id = register("TEN", "student", "guest");
        sendProof(id, 0);
        review(id, false, null, "No card.");

        Registration kept = registrations.get(id);
        assertThat(Documents.registration(Documents.json(kept))).isEqualTo(kept);
    }
}
