package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;
import static org.openingminute.registration.StaffIssuer.staffToken;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.openingminute.registration.registrations.StatusStream.Event;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves the events that a registrant's open page receives, by HTTP streams of the running service. */
@RegistrationServiceTest
class StatusStreamIT {

    private static final Duration PROMISED = Duration.ofSeconds(2);

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void changes_are_streamed_within_two_seconds() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        try (StatusStream stream = open(made, null)) {
            assertThat(stream.next(SOON).status())
                    .as("the state at the start of the stream")
                    .isEqualTo("pending-payment");

            List<Duration> waits = new ArrayList<>();
            long begin = System.nanoTime();
            extend(made);
            assertThat(stream.next(SOON).body().path("holdExpiresAt").asString())
                    .isGreaterThan(made.text("holdExpiresAt"));
            waits.add(Duration.ofNanos(System.nanoTime() - begin));

            begin = System.nanoTime();
            service.pay(made, 10_000, 2);
            assertThat(stream.next(SOON).status()).isEqualTo("confirmed");
            waits.add(Duration.ofNanos(System.nanoTime() - begin));

            begin = System.nanoTime();
            cancel(made);
            assertThat(stream.next(SOON).status()).isEqualTo("cancelled");
            waits.add(Duration.ofNanos(System.nanoTime() - begin));

            waits.sort(null);
            assertThat(waits.get(1)).as("median of " + waits).isLessThan(PROMISED);
        }
    }

    @Test
    void resumed_stream_goes_on_after_the_last_event() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        Event first;
        try (StatusStream stream = open(made, null)) {
            first = stream.next(SOON);
        }
        extend(made);
        Event missed;
        try (StatusStream resumed = open(made, first.id())) {
            missed = resumed.next(SOON);
            assertThat(Long.parseLong(missed.id())).isGreaterThan(Long.parseLong(first.id()));
            assertThat(missed.body().path("holdExpiresAt").asString()).isGreaterThan(made.text("holdExpiresAt"));
        }
        try (StatusStream resumed = open(made, missed.id());
                StatusStream anew = open(made, null)) {
            // By then the stream that was opened first has been checked too.
            assertThat(anew.next(SOON).id()).isEqualTo(missed.id());

            cancel(made);
            assertThat(resumed.next(SOON).status()).as("no event twice").isEqualTo("cancelled");
        }
        try (StatusStream anew = open(made, "of another server")) {
            assertThat(anew.next(SOON).status()).isEqualTo("cancelled");
        }
    }

    @Test
    void change_by_another_instance_is_streamed() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        try (StatusStream stream = open(made, null)) {
            Event first = stream.next(SOON);

            jdbc.sql("""
                    update registration
                       set revision = revision + 1,
                           document = jsonb_set(document::jsonb, '{revision}', to_jsonb(revision + 1))::json
                     where id = ?::uuid
                    """).param(made.text("id")).update();

            assertThat(Long.parseLong(stream.next(SOON).id())).isEqualTo(Long.parseLong(first.id()) + 1);
        }
    }

    @Test
    void stream_of_a_deleted_registration_ends() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        try (StatusStream stream = open(made, null)) {
            stream.next(SOON);
            jdbc.sql("delete from registration where id = ?::uuid")
                    .param(made.text("id"))
                    .update();
            stream.awaitEnd(SOON);
        }
    }

    @Test
    void sixth_stream_of_a_registration_ends_the_oldest() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        List<StatusStream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                streams.add(open(made, null));
                streams.getLast().next(SOON);
            }
            streams.getFirst().awaitEnd(SOON);
            assertThat(streams.getFirst().retry())
                    .as("its page does not reconnect at once")
                    .isGreaterThanOrEqualTo(60_000);

            cancel(made);
            for (StatusStream stream : streams.subList(1, 6)) {
                assertThat(stream.next(SOON).status()).isEqualTo("cancelled");
                assertThat(stream.retry()).isBetween(2_000, 4_000);
            }
        } finally {
            streams.forEach(StatusStream::close);
        }
    }

    @Test
    void stream_ends_with_the_token_that_opened_it() throws Exception {
        Reply made = service.register(service.putConference(1, 600), "seat").expect(201);
        Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(10);
        try (StatusStream ofOrganiser = open(made, staffToken("organiser", end), null);
                StatusStream ofContact = open(made, null)) {
            ofOrganiser.next(SOON);
            ofContact.next(SOON);

            ofOrganiser.awaitEnd(SOON);
            assertThat(Instant.now()).isBetween(end, end.plusSeconds(60));

            cancel(made);
            assertThat(ofContact.next(SOON).status()).isEqualTo("cancelled");
        }
    }

    private void extend(Reply made) {
        service.post(path(made) + "/hold-extension", made.text("accessToken"), null, null)
                .expect(200);
    }

    private void cancel(Reply made) {
        service.post(path(made) + "/cancellation", made.text("accessToken"), newKey(), null)
                .expect(200);
    }

    private static String path(Reply made) {
        return "/api/registrations/" + made.text("id");
    }

    private StatusStream open(Reply made, @Nullable String lastEventId) {
        return open(made, made.text("accessToken"), lastEventId);
    }

    private StatusStream open(Reply made, String token, @Nullable String lastEventId) {
        return StatusStream.of(HttpClient.newHttpClient(), service.port(), made.text("id"), token, lastEventId);
    }
}
