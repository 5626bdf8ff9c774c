package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import tools.jackson.databind.JsonNode;

/** Links that are taken back, in every state alike. */
class EndLinksDecisionTest extends ReviewBatches {

    private Result.Done endLinks(UUID id, @Nullable Person organiser) {
        return done(endLinks(id, registrations.get(id).contactLinks().generation(), organiser));
    }

    private Command.EndLinks endLinks(UUID id, int generation, @Nullable Person organiser) {
        return new Command.EndLinks(SLUG, id, key("new-link"), hash(), generation, organiser);
    }

    @Test
    void every_service_is_told_the_next_generation() {
        UUID id = register(null, "seat");
        Registration before = registrations.get(id);

        Result.Done done = endLinks(id, null);

        Registration after = registrations.get(id);
        assertThat(done.how()).isEqualTo(Result.How.ACCEPTED);
        assertThat(done.body()).doesNotContain("oken", "contactGeneration");
        assertThat(after.revision()).isGreaterThan(before.revision());
        assertThat(after.status()).isEqualTo(Status.PENDING_PAYMENT);
        assertThat(after.hold()).isEqualTo(before.hold());
        assertThat(published()).containsExactly("registration.held.v1", "registration.changed.v1");
        assertThat(last("registration.changed.v1").get("contactGeneration").asInt())
                .isEqualTo(1);
        assertThat(last("payment.end-links.v1").toString()).contains("\"contactGeneration\":1", id.toString());
        assertThat(notes).endsWith("Links ended");
        assertThat(audit).isEmpty();
    }

    @Test
    void an_organiser_is_named() {
        UUID id = register(null, "seat");
        cancel(id);

        endLinks(id, OLGA);

        assertThat(status(id)).isEqualTo(Status.CANCELLED);
        assertThat(audit).extracting(SaleState.AuditEntry::actor).containsExactly(OLGA);
    }

    @Test
    void a_generation_ends_once() {
        UUID id = register(null, "seat");
        Command.EndLinks first = endLinks(id, 0, null);
        Result.Done done = done(first);
        int told = messages.size();

        assertThatThrownBy(() -> decide(endLinks(id, 0, null)))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.UNAUTHENTICATED));
        assertThat(decide(first)).as("the same key").isEqualTo(done);
        done(endLinks(id, 0, OLGA));

        assertThat(registrations.get(id).contactLinks().generation()).isEqualTo(1);
        assertThat(messages).hasSize(told);
        assertThat(audit).isEmpty();
    }

    @Test
    void after_a_restore_the_next_generation_is_above_all_before_it() {
        UUID id = register(null, "seat");
        endLinks(id, null);
        // A thousand for each minute since 1970, as after a restore in 2026.
        sequencesBegin = 29_900_000_000L;

        endLinks(id, null);
        assertThat(last("payment.end-links.v1").get("contactGeneration").asInt())
                .isEqualTo(598_000_000);
        endLinks(id, null);
        assertThat(registrations.get(id).contactLinks().generation()).isEqualTo(598_000_001);
        done(endLinks(id, 598_000_900, null));
        assertThat(registrations.get(id).contactLinks().generation())
                .as("of a lost commit")
                .isEqualTo(598_000_002);
    }

    @Test
    void five_times_an_hour_are_enough() {
        UUID id = register(null, "seat");
        for (int i = 0; i < 5; i++) {
            endLinks(id, null);
            now = now.plus(Duration.ofMinutes(5));
        }
        assertThatThrownBy(() -> endLinks(id, OLGA)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.code()).isEqualTo(CommonProblem.RATE_LIMITED);
            assertThat(problem.retryAfter()).contains(Integer.toString(35 * 60));
        });
        assertThat(registrations.get(id).contactLinks().generation()).isEqualTo(5);

        now = START.plus(Duration.ofHours(1));
        endLinks(id, null);
        assertThatThrownBy(() -> endLinks(id, null)).isInstanceOf(Problem.class);
        now = START;
        endLinks(id, null);
        assertThat(registrations.get(id).contactLinks().generation()).isEqualTo(7);
    }

    @Test
    void it_is_stored_as_versions_before_read_it() {
        UUID id = register(null, "seat");
        JsonNode first = Documents.treeOf(registrations.get(id));
        assertThat(first.get("contactGeneration").asInt()).isZero();
        assertThat(first.has("linksEndedAt")).isFalse();

        endLinks(id, null);

        String stored = Documents.json(registrations.get(id));
        assertThat(stored).contains("\"contactGeneration\":1", "\"linksEndedAt\":[\"2026-02-02T17:00:00Z\"]");
        assertThat(Documents.value(stored, Registration.class)).isEqualTo(registrations.get(id));
    }

    private JsonNode last(String type) {
        return messages.stream()
                .filter(message -> message.type().equals(type))
                .map(OutgoingMessage::body)
                .map(Documents::treeOf)
                .reduce((_, newest) -> newest)
                .orElseThrow();
    }
}
