package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.openingminute.registration.decision.TestDecisions.OLGA;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.registration.inventory.Unpaid;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration.CountedBy;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.RegistrationRequest;

/** Proves the bounds on unpaid seats and by which owner they count, by batches in memory. */
class UnpaidDecisionTest extends ReviewBatches {

    private static final UUID ADDRESS = new UUID(7, 7);

    @BeforeEach
    void bound() {
        bound("""
                {"perMailbox": 4, "perAddress": 6, "unconfirmedPercent": 10, "invoicePercent": 5}""");
    }

    /** Capacity 100, at 100.00 or nothing; seats are held for 20 minutes, invoices for 14 days. */
    private void bound(String bounds) {
        definition = Examples.json("""
                {"slug": "reviews-1", "name": "Unpaid", "startsOn": "2026-06-01", "endsOn": "2026-06-02", "timeZone": "UTC",
                 "registration": {"currency": "USD", "capacity": 100, "holdMinutes": 20, "invoiceDays": 14, "unpaid": %s,
                   "phases": [{"code": "all", "name": "All", "from": "2026-01-01T00:00:00Z", "until": "2026-05-03T17:00:00Z"}],
                   "categories": [{"code": "seat", "name": "Seat", "amounts": {"all": 10000}},
                                  {"code": "student", "name": "Student", "amounts": {"all": 5000}, "needsProof": true},
                                  {"code": "child", "name": "Child", "amounts": {"all": 0}, "needsProof": true},
                                  {"code": "guest", "name": "Guest", "amounts": {"all": 0}}]}}
                """.formatted(bounds));
    }

    @Test
    void mailbox_holds_no_more_than_its_bound() {
        register(2, "seat", by(1, ADDRESS));
        now = now.plusSeconds(60);
        register(2, "seat", by(1, null));

        Problem refused = refused(1, "seat", by(1, null));
        assertThat(refused.code()).isEqualTo(CommonProblem.RATE_LIMITED);
        assertThat(refused.retryAfter()).hasValue("" + Duration.ofMinutes(19).toSeconds());
        assertThat(refused.reason()).hasValue("unpaid-mailbox");
        assertThat(refused.detail()).doesNotContain("Waiting");
        assertThat(refused.members()).doesNotContainKey("confirm");
        register(1, "seat", by(2, ADDRESS));
    }

    @Test
    void order_above_the_bound_of_a_mailbox_is_wrong_however_long_it_waits() {
        Problem refused = refused(5, "seat", by(1, ADDRESS));
        assertThat(refused.code()).isEqualTo(CommonProblem.INVALID);
        assertThat(refused.errors())
                .containsExactly(FieldError.of("attendees", "wrong-size", "must be {} to {}", 1, 4));
        UUID held = register(2, "seat", by(1, ADDRESS));
        assertThat(refused(5, "seat", by(1, ADDRESS)).code()).isEqualTo(CommonProblem.INVALID);
        assertThat(refused(4, "seat", by(1, ADDRESS)).code())
                .as("fits once the held seats are released")
                .isEqualTo(CommonProblem.RATE_LIMITED);
        cancel(held);
        register(4, "seat", by(1, ADDRESS));
    }

    @Test
    void address_holds_no_more_than_its_bound_and_is_shown_the_way_on() {
        register(4, "seat", by(1, ADDRESS));

        Problem refused = refused(3, "seat", by(2, ADDRESS));
        assertThat(refused.code()).isEqualTo(CommonProblem.RATE_LIMITED);
        assertThat(refused.retryAfter()).hasValue("" + Duration.ofMinutes(20).toSeconds());
        assertThat(refused.members()).containsEntry("confirm", "/api/conferences/reviews-1/mailbox-confirmations");
        register(2, "seat", by(2, ADDRESS));
    }

    @Test
    void contact_who_confirmed_the_mailbox_counts_by_that_alone() {
        register(4, "seat", by(1, ADDRESS));
        register(4, "seat", by(2, null));
        register(2, "seat", by(3, ADDRESS));

        assertThat(refused(1, "seat", by(3, ADDRESS)).members()).containsKey("confirm");
        assertThat(refused(1, "seat", by(2, null)).members()).doesNotContainKey("confirm");
    }

    @Test
    void all_who_opened_no_link_hold_no_more_than_their_share_of_the_capacity() {
        register(4, "seat", by(1, new UUID(1, 1)));
        register(4, "seat", by(2, new UUID(1, 2)));

        assertThat(refused(3, "seat", by(3, new UUID(1, 3))).members()).containsKey("confirm");
        register(2, "seat", by(3, new UUID(1, 3)));
        register(3, "seat", by(4, null));
    }

    @Test
    void invoices_hold_no_more_than_their_share_and_cards_are_still_taken() {
        register(3, "seat", by(1, null), "invoice");

        Problem refused = refused(3, "seat", by(2, null), "invoice");
        assertThat(refused.code()).isEqualTo(CommonProblem.NOT_ALLOWED_NOW);
        assertThat(refused.retryAfter()).isEmpty();
        register(2, "seat", by(2, null), "invoice");
        register(1, "seat", by(2, null));
    }

    @Test
    void ended_and_cancelled_holds_leave_every_count() {
        UUID ended = register(3, "seat", by(1, ADDRESS), "invoice");
        cancel(register(1, "seat", by(1, ADDRESS)));
        assertThat(unpaid).isNotEmpty();
        now = end(ended);
        decide(new Command.HoldEnded(SLUG, ended));

        assertThat(status(ended)).isEqualTo(Status.EXPIRED);
        assertThat(unpaid).isEmpty();
    }

    @Test
    void longer_hold_counts_until_its_new_end() {
        UUID id = register(1, "seat", by(1, ADDRESS));
        done(new Command.Extend(SLUG, id, key("extend"), hash()));

        assertThat(unpaid)
                .containsEntry(new Unpaid.Part(ADDRESS, end(id)), 1)
                .containsEntry(new Unpaid.Part(Unpaid.UNCONFIRMED, end(id)), 1)
                .hasSize(3);
        cancel(id);
        assertThat(unpaid).isEmpty();
    }

    @Test
    void seats_with_nothing_to_pay_count_until_they_are_cancelled() {
        UUID free = register(4, "guest", by(1, ADDRESS));
        now = now.plus(Duration.ofDays(3));

        assertThat(status(free)).isEqualTo(Status.CONFIRMED);
        Problem mailbox = refused(1, "guest", by(1, ADDRESS));
        assertThat(mailbox.retryAfter()).isPresent();
        assertThat(mailbox.reason()).hasValue("unpaid-mailbox-unopened");
        assertThat(mailbox.detail()).endsWith("but opening the mailed links does.");
        Problem address = refused(3, "guest", by(2, ADDRESS));
        assertThat(address.reason()).hasValue("unpaid-address-unopened");
        assertThat(address.detail()).endsWith("but confirming the email address does.");
        cancel(free);
        assertThat(unpaid).isEmpty();
    }

    @Test
    void invoice_is_held_like_a_card_until_the_mailed_link_is_opened() {
        UUID id = register(1, "seat", by(1, ADDRESS), "invoice");
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofMinutes(20)));
        String own = START.plus(Duration.ofDays(14)).toString();
        assertThat(lastRequest().path("holdOnceOpened").asString()).isEqualTo(own);
        assertThat(lastEventBody().path("holdOnceOpened").asString()).isEqualTo(own);
        now = now.plus(Duration.ofMinutes(10));
        open(id);

        assertThat(end(id)).isEqualTo(START.plus(Duration.ofDays(14)));
        assertThat(unpaid)
                .isEqualTo(Map.of(
                        new Unpaid.Part(new UUID(5, 1), end(id)),
                        1,
                        new Unpaid.Part(Unpaid.INVOICES, dayAfter(end(id))),
                        1));
        assertThat(paymentRequests()).isEqualTo(2);
        assertThat(lastRequest().path("holdExpiresAt").asString()).isEqualTo(own);
        assertThat(lastRequest().path("holdOnceOpened").isNull()).isTrue();
        assertThat(lastEventBody().path("holdOnceOpened").isNull()).isTrue();
        assertThat(published()).containsExactly("registration.held.v1", "registration.changed.v1");
        assertThat(notes).contains("Mailed link opened");
    }

    @Test
    void proof_and_its_review_are_held_like_a_card_until_the_mailed_link_is_opened() {
        UUID id = register(1, "student", by(1, ADDRESS));
        now = now.plus(Duration.ofMinutes(5));
        sendProof(id, 0);
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofMinutes(20)));
        open(id);

        assertThat(end(id)).isEqualTo(START.plus(Duration.ofMinutes(5)).plus(Duration.ofDays(5)));
    }

    @Test
    void opened_link_gives_a_review_its_full_time_at_once() {
        UUID id = register(1, "student", by(1, ADDRESS));
        open(id);
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofHours(24)));
        sendProof(id, 0);

        assertThat(end(id)).isEqualTo(START.plus(Duration.ofDays(5)));
    }

    @Test
    void link_opened_after_the_end_revives_no_hold() {
        UUID id = register(1, "seat", by(1, ADDRESS), "invoice");
        now = end(id);
        open(id);

        assertThat(end(id)).isEqualTo(START.plus(Duration.ofMinutes(20)));
        decide(new Command.HoldEnded(SLUG, id));
        assertThat(status(id)).isEqualTo(Status.EXPIRED);
        assertThat(unpaid).isEmpty();
    }

    @Test
    void opened_link_takes_a_card_from_the_addresss_count_and_is_told() {
        bound("{\"perAddress\": 6}");
        UUID id = register(6, "seat", by(9, ADDRESS));
        assertThat(refused(1, "seat", by(2, ADDRESS)).members()).containsKey("confirm");
        assertThat(lastEventBody().path("awaitsOpening").asBoolean()).isTrue();
        open(id);
        open(id);

        assertThat(unpaid).isEqualTo(Map.of(new Unpaid.Part(new UUID(5, 9), end(id)), 6));
        assertThat(registrations.get(id).revision()).isEqualTo(2);
        assertThat(published()).containsExactly("registration.held.v1", "registration.changed.v1");
        assertThat(lastEventBody().path("awaitsOpening").asBoolean()).isFalse();
        assertThat(notes).doesNotContain("Mailed link opened");
        register(4, "seat", by(2, ADDRESS));
    }

    @Test
    void opened_link_ends_the_count_of_seats_with_nothing_to_pay() {
        UUID free = register(4, "guest", by(1, ADDRESS));
        open(free);
        assertThat(unpaid).isEmpty();
        assertThat(lastEventBody().path("awaitsOpening").asBoolean(true)).isFalse();
        UUID child = register(4, "child", by(1, ADDRESS));
        open(child);
        for (int i = 0; i < 4; i++) {
            sendProof(child, i);
        }
        review(child, true, null, null);

        assertThat(status(child)).isEqualTo(Status.CONFIRMED);
        assertThat(unpaid).isEmpty();
    }

    @Test
    void pseudonyms_are_kept_only_as_long_as_they_count() {
        UUID opened = register(1, "seat", by(1, ADDRESS));
        open(opened);
        assertThat(countedBy(opened)).isEqualTo(by(1, null));

        UUID paid = register(1, "seat", by(2, ADDRESS));
        assertThat(countedBy(paid)).isEqualTo(by(2, ADDRESS));
        pay(paid);
        UUID expired = register(1, "seat", by(3, ADDRESS));
        now = end(expired);
        decide(new Command.HoldEnded(SLUG, expired));
        UUID cancelled = register(1, "guest", by(4, ADDRESS));
        assertThat(countedBy(cancelled)).isEqualTo(by(4, ADDRESS));
        cancel(cancelled);
        UUID free = register(1, "guest", by(5, ADDRESS));
        open(free);
        UUID refused = register(1, "student", by(6, ADDRESS));
        sendProof(refused, 0);
        review(refused, false, null, "It is of another.");

        assertThat(List.of(paid, expired, cancelled, free, refused))
                .extracting(this::status)
                .containsExactly(Status.CONFIRMED, Status.EXPIRED, Status.CANCELLED, Status.CONFIRMED, Status.REJECTED);
        assertThat(List.of(paid, expired, cancelled, free, refused))
                .extracting(this::countedBy)
                .containsOnlyNulls();
    }

    @Test
    void unpaid_seats_count_by_the_mailbox_of_a_corrected_address() {
        UUID id = register(2, "seat", by(1, ADDRESS));
        int all = unpaid.size();

        done(new Command.CorrectContact(
                SLUG,
                id,
                key("contact"),
                hash(),
                new RegistrationRequest.RequestedContact(null, "ada@example.com", null),
                new UUID(5, 2),
                OLGA,
                "a typo",
                null));

        assertThat(countedBy(id)).isEqualTo(by(2, ADDRESS));
        assertThat(unpaid)
                .hasSize(all)
                .containsEntry(new Unpaid.Part(new UUID(5, 2), end(id)), 2)
                .doesNotContainKey(new Unpaid.Part(new UUID(5, 1), end(id)));
        cancel(id);
        assertThat(unpaid).isEmpty();
    }

    private @Nullable CountedBy countedBy(UUID id) {
        return Documents.registration(Documents.json(registrations.get(id)))
                .contactLinks()
                .countedBy();
    }

    private void pay(UUID id) {
        String body = """
                {"registration": "%s", "status": "captured", "due": {"amount": 10000, "currency": "USD"},
                 "captured": {"amount": 10000, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"},
                 "captures": [{"id": "%s", "amount": {"amount": 10000, "currency": "USD"}, "at": "2026-02-03T00:00:00Z",
                 "answered": false}], "refunds": [], "disputes": [], "failure": null, "receipt": null}
                """.formatted(id, ids.next());
        Message message = new Message(
                ids.next(),
                "payment.events.v1",
                id.toString(),
                "payment.captured.v1",
                "/payment-service",
                now,
                1,
                body,
                Map.of());
        decide(new Command.PaymentReported(SLUG, id, message, message.body(PaymentSnapshot.class)));
    }

    @Test
    void longer_time_to_pay_leaves_the_own_time_as_it_is() {
        UUID id = register(1, "seat", by(1, ADDRESS), "invoice");
        done(new Command.Extend(SLUG, id, key("extend"), hash()));
        assertThat(end(id)).isEqualTo(START.plus(Duration.ofMinutes(25)));
        open(id);

        assertThat(end(id)).isEqualTo(START.plus(Duration.ofDays(14)));
    }

    @Test
    void hold_has_its_own_time_at_once_where_limits_are_off() {
        assertThat(end(register(1, "seat", null, "invoice"))).isEqualTo(START.plus(Duration.ofDays(14)));
    }

    private void open(UUID id) {
        decide(new Command.LinkOpened(SLUG, id));
    }

    @Test
    void hold_that_an_older_version_ended_counts_no_longer() {
        unpaid.put(new Unpaid.Part(new UUID(5, 100), now.minus(Duration.ofMinutes(16))), 4);
        register(4, "seat", by(100, ADDRESS));
    }

    @Test
    void invoice_that_an_older_version_ended_counts_no_longer() {
        register(3, "seat", by(1, null), "invoice");
        register(2, "seat", by(2, null), "invoice");
        refused(1, "seat", by(3, null), "invoice");
        // The earlier version does not write counts of unpaid seats.
        now = dayAfter(now).plus(Duration.ofMinutes(16));
        register(4, "seat", by(1, null), "invoice");
    }

    private static Instant dayAfter(Instant at) {
        return at.plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.DAYS);
    }

    @Test
    void hold_that_waits_for_its_payment_counts_after_its_end() {
        unpaid.put(new Unpaid.Part(new UUID(5, 100), now.minus(Duration.ofMinutes(10))), 4);
        assertThat(refused(1, "seat", by(100, ADDRESS)).retryAfter()).hasValue("1");
    }

    @Test
    void definition_may_leave_bounds_out() {
        bound("{\"perMailbox\": null}");
        register(10, "seat", by(1, ADDRESS));
        register(10, "seat", by(1, ADDRESS));
        register(10, "seat", by(1, ADDRESS));
        bound("null");
        for (int i = 0; i < 6; i++) {
            register(10, "seat", by(1, ADDRESS), "invoice");
        }
        bound("{}");
        assertThat(refused(1, "seat", by(1, ADDRESS)).code()).isEqualTo(CommonProblem.RATE_LIMITED);
    }

    @Test
    void nobody_counts_while_limits_are_off() {
        register(10, "seat", null);
        assertThat(unpaid).isEmpty();
    }

    private static CountedBy by(long mailbox, @Nullable UUID address) {
        return new CountedBy(new UUID(5, mailbox), address);
    }

    private UUID register(int seats, String category, @Nullable CountedBy by) {
        return register(seats, category, by, "card");
    }

    private UUID register(int seats, String category, @Nullable CountedBy by, String method) {
        RegistrationRequest request = new RegistrationRequest(
                new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@example.org", "en"),
                Collections.nCopies(
                        seats,
                        new RegistrationRequest.RequestedAttendee(
                                category,
                                "Ada",
                                "Lovelace",
                                "ada@example.org",
                                null,
                                null,
                                null,
                                null,
                                null,
                                List.of())),
                null,
                method,
                null,
                true);
        return Objects.requireNonNull(done(new Command.Register(SLUG, key("register"), hash(), request, by, null))
                .registration());
    }

    private Problem refused(int seats, String category, CountedBy by) {
        return refused(seats, category, by, "card");
    }

    private Problem refused(int seats, String category, CountedBy by, String method) {
        Map<Unpaid.Part, Integer> before = Map.copyOf(unpaid);
        Problem refused = catchThrowableOfType(Problem.class, () -> register(seats, category, by, method));
        assertThat(refused).isNotNull();
        assertThat(unpaid).isEqualTo(before);
        return refused;
    }
}
