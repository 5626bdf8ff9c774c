package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;

/** Proves decisions of staff at the revision that they have seen and their previews, by batches in memory. */
class AtRevisionDecisionTest extends ReviewBatches {

    @Test
    void act_at_another_revision_is_refused() {
        UUID id = register(null, "student");
        long seen = registrations.get(id).revision();
        sendProof(id, 0);

        Stream.of(cancel(id, seen), refund(id, seen), markPaid(id, 100_000, seen), review(id, seen))
                .forEach(command -> assertThatThrownBy(() -> decide(command))
                        .as(command.getClass().getSimpleName())
                        .isInstanceOfSatisfying(
                                Problem.class,
                                problem -> assertThat(problem.code()).isEqualTo(CommonProblem.CHANGED)));

        done(review(id, registrations.get(id).revision()));
        assertThat(status(id)).isEqualTo(Status.PENDING_PAYMENT);
        done(cancel(id, null));
        assertThat(status(id)).isEqualTo(Status.CANCELLED);
    }

    @Test
    void repeat_gets_the_first_answer_though_its_revision_is_past() {
        UUID id = register(null, "seat");
        Command.Cancel once = cancel(id, registrations.get(id).revision());
        Result.Done first = done(once);

        assertThat(done(once)).isEqualTo(first);
        assertThat(audit).hasSize(1);
    }

    @Test
    void refusal_comes_before_a_look_at_the_money() {
        UUID id = register(null, "seat");
        long seen = registrations.get(id).revision();
        cancel(id);

        assertThatThrownBy(() -> decide(refund(id, seen)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.CHANGED));
    }

    @Test
    void transfer_is_foreseen_with_its_booking() {
        UUID id = register(null, "seat");
        SaleState sale = sale();

        assertThat(decisions.foresee(sale, markPaid(id, 105_000, null))).isInstanceOf(Result.Done.class);

        Registration after = sale.registration(id);
        assertThat(after.status()).isEqualTo(Status.CONFIRMED);
        assertThat(after.money().returns())
                .extracting(Registration.Return::amount)
                .containsExactly(usd(5_000));
        assertThat(status(id)).as("nothing was done").isEqualTo(Status.PENDING_PAYMENT);
    }

    @Test
    void refused_act_foresees_its_refusal() {
        UUID id = register(null, "seat");

        assertThat(decisions.foresee(sale(), refund(id, null))).isInstanceOf(Result.Refused.class);
        assertThat(decisions.foresee(sale(), markPaid(id, 99_999, null))).isInstanceOf(Result.Refused.class);
    }

    private Command.Cancel cancel(UUID id, @Nullable Long ifRevision) {
        return new Command.Cancel(
                SLUG,
                id,
                key("cancel"),
                hash(),
                null,
                new Command.ByOrganiser(OLGA, "They asked.", true, null),
                ifRevision);
    }

    private Command.OrderRefund refund(UUID id, @Nullable Long ifRevision) {
        return new Command.OrderRefund(
                SLUG, id, key("refund"), hash(), usd(1_000), "The lunch was cold.", OLGA, ifRevision);
    }

    private Command.MarkPaid markPaid(UUID id, long amount, @Nullable Long ifRevision) {
        return new Command.MarkPaid(SLUG, id, key("mark-paid"), hash(), "SEPA 1", usd(amount), now, OLGA, ifRevision);
    }

    private Command.Review review(UUID id, @Nullable Long ifRevision) {
        return new Command.Review(SLUG, id, key("review"), hash(), true, null, null, OLGA, ifRevision);
    }
}
