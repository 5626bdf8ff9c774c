package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.admission.RefusalCache.RefusalMetrics;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Examples;
import org.openingminute.registration.sale.RegistrationRequest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

/** Proves at which instants a cached sale refuses and at which the database is asked. The test supplies the cached sale. */
class RefusalCacheTest {

    private static final Instant OPENS = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant OVER = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant RESERVED_UNTIL = Instant.parse("2026-03-01T00:00:00Z");
    private static final JdbcClient NO_DATABASE = JdbcClient.create(new DriverManagerDataSource());

    private final Conference conference = conference();
    private final ConferenceCache conferences = new ConferenceCache(NO_DATABASE);
    private Instant seenAt = OPENS;
    private int taken;
    private Duration pollTakes = Duration.ZERO;
    private final List<Long> admitted = new ArrayList<>();

    private final RefusalCache refusals = new RefusalCache(
            new SaleReader(NO_DATABASE) {
                @Override
                SalePoll poll(String slug, Instant after) {
                    LockSupport.parkNanos(pollTakes.toNanos());
                    return new SalePoll(
                            seenAt,
                            seenAt,
                            conference.revision(),
                            0,
                            Map.of(new QuotaKey.Capacity(), taken),
                            List.copyOf(admitted),
                            after,
                            true);
                }

                @Override
                List<Long> keysDatedAhead(String slug) {
                    return List.of();
                }
            },
            conferences,
            new RefusalMetrics(new SimpleMeterRegistry()));

    /** Ten seats, four of them reserved for a voucher until a certain second. */
    private static Conference conference() {
        JsonNode source = Examples.json(Examples.small("""
                "vouchers": [{"code": "K", "uses": 4, "reserves": true, "until": "2026-02-28T23:59:59Z"}]"""));
        return new Conference("small-1", 1, Examples.read(source), source, true, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT0.000000001S", "PT0S", "PT1S", "PT2S"})
    void within_two_seconds_of_the_end_closed_is_for_the_database_to_say(Duration afterTheEnd) {
        assertThat(codeAt(OVER.plus(afterTheEnd))).isEmpty();
    }

    @Test
    void later_than_that_no_batch_of_the_last_second_is_on_its_way() {
        awaitCode(SaleProblem.CLOSED, OVER.plusSeconds(2).plusNanos(1));
    }

    @Test
    void not_open_is_answered_from_the_cache_until_the_sale_opens() {
        awaitCode(SaleProblem.NOT_OPEN, OPENS.minusSeconds(60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.000000001S", "PT0S"})
    void cached_not_open_does_not_outlive_the_opening(Duration beforeTheOpening) {
        assertThat(codeAt(OPENS.plus(beforeTheOpening))).isEmpty();
    }

    @Test
    void reserved_seats_are_refused_while_the_reservation_lasts() {
        taken = 6;
        awaitCode(SaleProblem.SOLD_OUT, RESERVED_UNTIL.minusMillis(200).minusNanos(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.2S", "PT-0.1S", "PT0S", "PT1S"})
    void a_reservation_ending_within_the_cache_time_refuses_nobody(Duration afterItsEnd) {
        taken = 6;
        assertThat(codeAt(RESERVED_UNTIL.plus(afterItsEnd))).isEmpty();
        taken = 10;
        refusals.forget("small-1");
        awaitCode(SaleProblem.SOLD_OUT, RESERVED_UNTIL.plus(afterItsEnd));
    }

    @Test
    void an_admitted_key_is_not_refused_as_closed_or_sold_out() {
        Command.Register command = seat();
        admitted.add(command.key().keyHash());
        taken = 10;
        awaitCode(SaleProblem.SOLD_OUT, OVER.minusSeconds(60));
        assertThat(refusals.of(command)).isEmpty();
        refusals.forget("small-1");
        awaitCode(SaleProblem.CLOSED, OVER.plusSeconds(60));
        assertThat(refusals.of(command)).isEmpty();
    }

    @Test
    void a_voucher_is_for_the_database_whatever_the_sale() {
        codeAt(OPENS.minusSeconds(60));
        assertThat(refusals.of(seat("K"))).isEmpty();
        refusals.forget("small-1");
        codeAt(OVER.plusSeconds(60));
        assertThat(refusals.of(seat("K"))).isEmpty();
    }

    @Test
    void an_answer_that_came_too_late_refuses_nobody() {
        taken = 10;
        pollTakes = Inventory.SOLD_AGAIN_AFTER.plusMillis(10);
        assertThat(codeAt(OPENS)).isEmpty();
        pollTakes = Duration.ZERO;
        awaitCode(SaleProblem.SOLD_OUT, OPENS);
    }

    /** Waits for a refusal from a sale cached at this instant; a poll of 200 ms, as on a busy machine, refuses nobody. */
    private void awaitCode(ProblemCode code, Instant instant) {
        await().atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .until(() -> codeAt(instant).filter(code::equals).isPresent());
    }

    /** Returns the refusal from a sale cached at this instant; empty if the database would be asked. */
    private Optional<ProblemCode> codeAt(Instant instant) {
        seenAt = instant;
        conferences.changed(conference);
        refusals.note("small-1", new Result.Refused(new Problem(SaleProblem.SOLD_OUT, "as a batch has said")));
        return refusals.of(seat()).map(Problem::code);
    }

    private static Command.Register seat() {
        return seat(null);
    }

    private static Command.Register seat(@Nullable String voucher) {
        return new Command.Register(
                "small-1",
                new IdempotencyKey("register:small-1", UUID.randomUUID().toString()),
                new RequestHash(""),
                new RegistrationRequest(
                        new RegistrationRequest.RequestedContact("Ada Lovelace", "ada@example.org", null),
                        List.of(new RegistrationRequest.RequestedAttendee(
                                "a", "Ada", "Lovelace", "ada@example.org", null, null, null, null, null, null)),
                        voucher,
                        null,
                        null,
                        true));
    }
}
