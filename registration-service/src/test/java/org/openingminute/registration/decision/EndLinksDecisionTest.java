package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.RegistrationRequest.RequestedContact;
import tools.jackson.databind.JsonNode;

/** Proves that links can be ended in every state and who gets new ones, by batches in memory. */
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
        // 1,000 for each minute since 1970, as after a restore in 2026.
        sequencesBegin = 29_900_000_000L;

        endLinks(id, null);
        assertThat(last("payment.end-links.v1").get("contactGeneration").asInt())
                .isEqualTo(598_000_000);
        endLinks(id, null);
        assertThat(registrations.get(id).contactLinks().generation()).isEqualTo(598_000_001);
        done(endLinks(id, 598_000_900, null));
        assertThat(registrations.get(id).contactLinks().generation())
                .as("after a lost commit")
                .isEqualTo(598_000_002);
    }

    @Test
    void five_times_an_hour_are_enough() {
        UUID id = register(null, "seat");
        for (int i = 0; i < 5; i++) {
            endLinks(id, null);
            now = now.plus(Duration.ofMinutes(5));
        }
        assertThatThrownBy(() -> endLinks(id, null)).isInstanceOfSatisfying(Problem.class, problem -> {
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

    /** The address may be wrong, so that a stranger gets the links and uses up the limit on new ones. */
    @Test
    void contact_cannot_keep_staff_from_a_correction() {
        UUID id = register(null, "seat");
        for (int i = 0; i < 5; i++) {
            endLinks(id, null);
        }
        assertThatThrownBy(() -> endLinks(id, null)).isInstanceOf(Problem.class);

        done(correct(id, null, "ada@example.com"));

        assertThat(registrations.get(id).contact().email()).isEqualTo("ada@example.com");
        assertThatThrownBy(() -> endLinks(id, OLGA)).isInstanceOf(Problem.class);
    }

    @Test
    void address_in_other_case_is_the_same_mailbox() {
        UUID id = register(null, "seat");

        done(correct(id, null, "Ada@Example.org"));

        assertThat(registrations.get(id).contact().email()).isEqualTo("Ada@Example.org");
        assertThat(last("registration.changed.v1").get("formerContacts")).isEmpty();
    }

    @Test
    void correction_in_the_last_minute_leaves_the_payment_as_it_is() {
        UUID id = register(null, "seat");
        long requested = last("payment.request.v1").get("revision").asLong();
        Instant end = registrations.get(id).hold().expiresAt();

        now = end.minusSeconds(59);
        done(correct(id, "Ada King", null));
        assertThat(last("payment.request.v1").get("revision").asLong()).isEqualTo(requested);

        now = end.minusSeconds(60);
        done(correct(id, "Ada Byron", null));
        assertThat(last("payment.request.v1").get("revision").asLong()).isGreaterThan(requested);
    }

    @Test
    void corrected_address_ends_links_and_keeps_the_former_contact_to_be_told() {
        UUID id = register(null, "seat");
        Registration before = registrations.get(id);

        Result.Done done = done(correct(id, null, " ada@example.com "));

        Registration after = registrations.get(id);
        assertThat(done.how()).isEqualTo(Result.How.CHANGED);
        assertThat(after.contact()).isEqualTo(new Registration.Contact("Ada Lovelace", "ada@example.com", "en"));
        assertThat(after.status()).isEqualTo(before.status());
        assertThat(after.hold().expiresAt()).isEqualTo(before.hold().expiresAt());
        JsonNode told = last("registration.changed.v1");
        assertThat(told.at("/contact/email").asString()).isEqualTo("ada@example.com");
        assertThat(told.get("contactGeneration").asInt()).isEqualTo(1);
        assertThat(told.get("formerContacts").toString())
                .isEqualTo(
                        "[{\"generation\":1,\"name\":\"Ada Lovelace\",\"email\":\"ada@example.org\",\"locale\":\"en\"}]");
        assertThat(last("payment.end-links.v1").get("contactGeneration").asInt())
                .isEqualTo(1);
        assertThat(notes).endsWith("Contact changed");
        assertThat(audit).singleElement().satisfies(entry -> {
            assertThat(entry.actor()).isEqualTo(OLGA);
            assertThat(entry.before()).isEqualTo(Documents.treeOf(before.contact()));
            assertThat(entry.after()).isEqualTo(Documents.treeOf(after.contact()));
            assertThat(entry.why()).isEqualTo("a typo");
        });
        assertThat(Documents.value(Documents.json(after), Registration.class)).isEqualTo(after);
    }

    @Test
    void corrected_name_reaches_the_invoice_and_has_nobody_told() {
        UUID id = register(null, "seat");
        long requested = last("payment.request.v1").get("revision").asLong();

        done(correct(id, "Ada King", null));

        assertThat(last("registration.changed.v1").get("formerContacts")).isEmpty();
        assertThat(last("registration.changed.v1").get("contactGeneration").asInt())
                .isEqualTo(1);
        assertThat(last("payment.request.v1").at("/buyer/name").asString()).isEqualTo("Ada King");
        assertThat(last("payment.request.v1").get("revision").asLong()).isGreaterThan(requested);

        cancel(id);
        long last = last("payment.request.v1").get("revision").asLong();
        done(correct(id, "Ada Lovelace", null));
        assertThat(last("payment.request.v1").get("revision").asLong())
                .as("nothing is due")
                .isEqualTo(last);
    }

    @Test
    void correction_that_changes_nothing_leaves_the_links() {
        UUID id = register(null, "seat");
        int told = messages.size();

        done(correct(id, " Ada Lovelace ", "ada@example.org"));

        assertThat(registrations.get(id).contactLinks().generation()).isZero();
        assertThat(messages).hasSize(told);
        assertThat(audit).isEmpty();
    }

    @Test
    void corrections_are_as_many_as_other_ends_of_links() {
        UUID id = register(null, "seat");
        for (int i = 0; i < 6; i++) {
            done(correct(id, null, "ada" + i + "@example.org"));
        }

        assertThatThrownBy(() -> done(correct(id, null, "ada@example.com")))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.RATE_LIMITED));
        now = now.plus(Duration.ofHours(1));
        done(correct(id, null, "ada@example.com"));
        assertThat(registrations.get(id).contactLinks().formerContacts())
                .extracting(Registration.FormerContact::email)
                .containsExactly(
                        "ada0@example.org",
                        "ada1@example.org",
                        "ada2@example.org",
                        "ada3@example.org",
                        "ada4@example.org",
                        "ada5@example.org");
    }

    private Command.CorrectContact correct(UUID id, @Nullable String name, @Nullable String email) {
        return new Command.CorrectContact(
                SLUG,
                id,
                key("contact"),
                hash(),
                new RequestedContact(name, email, null),
                email == null ? null : new UUID(5, 1),
                OLGA,
                "a typo",
                null);
    }

    @Test
    void it_is_stored_as_versions_before_read_it() {
        UUID id = register(null, "seat");
        JsonNode first = Documents.treeOf(registrations.get(id));
        assertThat(first.get("contactGeneration").asInt()).isZero();
        assertThat(first.has("linksEndedAt")).isFalse();
        assertThat(first.has("formerContacts")).isFalse();

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
