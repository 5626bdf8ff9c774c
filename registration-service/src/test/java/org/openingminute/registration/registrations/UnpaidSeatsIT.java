package org.openingminute.registration.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.newKey;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** Proves the bounds on unpaid seats over HTTP, on the running service with limits on. */
@RegistrationServiceTest
@TestPropertySource(properties = "LIMITS=on")
class UnpaidSeatsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private MeterRegistry meters;

    @Test
    void mailbox_holds_twenty_seats_however_it_is_spelt() {
        String slug = service.putConference(1_000, 1_200);
        Reply first = register(slug, "ada@example.org", 10, "192.0.2.1").expect(201);
        register(slug, "ADA+conference@Example.org", 10, "192.0.2.2").expect(201);

        Reply refused = register(slug, "ada@example.org", 1, "192.0.2.3").expectProblem(429, "rate-limited");
        assertThat(refused.body().has("confirm")).isFalse();
        assertThat(Integer.parseInt(
                        refused.raw().headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1_100, 1_200);
        service.pay(first, 100_000, 2);
        service.awaitStatus(first, "confirmed");
        register(slug, "ada@example.org", 10, "192.0.2.3").expect(201);
    }

    @Test
    void three_hundred_requests_from_one_network_hold_a_hundred_seats() {
        String slug = service.putConference(3_000, 1_200);
        long held = IntStream.range(0, 300)
                .parallel()
                .mapToObj(i -> register(slug, "m" + i + "@example.org", 10, "2001:db8:1:2::" + Integer.toHexString(i)))
                .filter(reply -> reply.status() == 201)
                .count();

        assertThat(held).isEqualTo(10);
        assertThat(register(slug, "x@example.org", 1, "2001:db8:1:2::1")
                        .expectProblem(429, "rate-limited")
                        .text("confirm"))
                .isEqualTo("/api/conferences/" + slug + "/mailbox-confirmations");
        register(slug, "x@example.org", 1, "2001:db8:1:3::1").expect(201);

        service.moveTo(service.businessTime().plusSeconds(1_260).toString());
        await().atMost(SOON).untilAsserted(() -> assertThat(counted(slug)).isZero());
        register(slug, "y@example.org", 10, "2001:db8:1:2::1").expect(201);
    }

    @Test
    void opened_mailed_link_frees_the_address_and_not_the_mailbox() {
        String slug = service.putConference(1_000, 1_200);
        Reply made = register(slug, "ada@example.org", 10, "192.0.2.1").expect(201);
        service.read(made).expect(200);
        assertThat(counted(slug)).isEqualTo(3);
        String mailed = AccessTokens.of(RegistrationServiceTest.TOKEN_KEYS)
                .sign(AccessToken.ofContact(UUID.fromString(made.text("id")), 0).toBeDelivered());
        service.get("/api/registrations/" + made.text("id"), mailed).expect(200);

        // The answer waits for the batch that notes the opening, but only for a moment.
        await().atMost(SOON).untilAsserted(() -> assertThat(counted(slug)).isEqualTo(1));
        register(slug, "ada@example.org", 10, "192.0.2.1").expect(201);
        register(slug, "ada@example.org", 1, "192.0.2.1").expectProblem(429, "rate-limited");
    }

    @Test
    void reader_of_a_mailed_link_waits_for_no_queue_and_it_is_noted_once() {
        String slug = service.putConference(1_000, 1_200);
        Reply made = register(slug, "ada@example.org", 10, "192.0.2.1").expect(201);
        String path = "/api/registrations/" + made.text("id");
        String mailed = AccessTokens.of(RegistrationServiceTest.TOKEN_KEYS)
                .sign(AccessToken.ofContact(UUID.fromString(made.text("id")), 0).toBeDelivered());
        // The lock blocks the conference's batches.
        transaction.executeWithoutResult(_ -> {
            ServiceFixture.lockSale(jdbc, slug);
            Instant asked = Instant.now();
            for (int i = 0; i < 5; i++) {
                service.get(path, mailed).expect(200);
            }
            // A reader that waited for the queue would wait for a minute.
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(50));
            assertThat(meters.get("admission.queue.depth").gauge().value()).isLessThan(4);
        });

        await().atMost(SOON).untilAsserted(() -> assertThat(counted(slug)).isEqualTo(1));
    }

    @Test
    void confirmed_mailbox_registers_beside_a_full_address() {
        String slug = service.putConference(1_000, 1_200);
        for (int i = 0; i < 10; i++) {
            register(slug, "m" + i + "@example.org", 10, "192.0.2.9").expect(201);
        }
        register(slug, "eve@example.org", 1, "192.0.2.9").expectProblem(429, "rate-limited");
        String mailed = mailed("Eve+x@Example.org", 60);
        Reply confirmed = confirm(mailed).expect(200);

        assertThat(Instant.parse(confirmed.text("expiresAt")))
                .isBetween(
                        Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(24)));
        String token = confirmed.text("mailboxToken");
        register(slug, "eve@example.org", 10, "192.0.2.9", "Mailbox-Token", token)
                .expect(201);
        register(slug, "eve@example.org", 10, "192.0.2.9", "Cookie", "mailbox-token=" + token)
                .expect(201);
        assertThat(register(slug, "eve@example.org", 1, "192.0.2.9", "Mailbox-Token", token)
                        .expectProblem(429, "rate-limited")
                        .body()
                        .has("confirm"))
                .isFalse();
        register(slug, "bob@example.org", 1, "192.0.2.9", "Mailbox-Token", token)
                .expectProblem(429, "rate-limited");
        register(slug, "bob@example.org", 1, "192.0.2.9", "Mailbox-Token", mailed("bob@example.org", 60))
                .expectProblem(429, "rate-limited");
    }

    @Test
    void other_tokens_confirm_no_mailbox() {
        confirm(mailed("eve@example.org", -1)).expectProblem(403, "forbidden");
        confirm("k1.x.y").expectProblem(403, "forbidden");
        confirm("k".repeat(201)).expectProblem(422, "invalid");
        confirm(confirm(mailed("eve@example.org", 60)).expect(200).text("mailboxToken"))
                .expectProblem(403, "forbidden");
        service.post("/api/mailbox-confirmations", null, null, "{}").expectProblem(422, "invalid");
    }

    private static String mailed(String email, long seconds) {
        AccessTokens tokens = AccessTokens.of(RegistrationServiceTest.TOKEN_KEYS);
        return tokens.sign(
                "mailbox-confirmation",
                tokens.pseudonym("unpaid-mailbox", AddressForm.unlabelled(email)) + "_"
                        + Instant.now().plusSeconds(seconds).getEpochSecond());
    }

    private Reply confirm(String token) {
        return service.post("/api/mailbox-confirmations", null, null, "{\"token\": \"" + token + "\"}");
    }

    private int counted(String slug) {
        return jdbc.sql("select count(*) from unpaid where conference = ?")
                .param(slug)
                .query(Integer.class)
                .single();
    }

    private Reply register(String slug, String email, int seats, String address, String... more) {
        String attendees = IntStream.range(0, seats).mapToObj(i -> """
                        {"category": "seat", "givenName": "Ada", "familyName": "Lovelace", "email": "ada@example.org"}""").collect(Collectors.joining(","));
        return service.send(
                "POST",
                "/api/conferences/" + slug + "/registrations",
                null,
                newKey(),
                """
                {"contact": {"name": "Ada Lovelace", "email": "%s"}, "attendees": [%s], "acceptedCodeOfConduct": true}
                """.formatted(email, attendees),
                Stream.concat(Stream.of("X-Forwarded-For", address), Stream.of(more))
                        .toArray(String[]::new));
    }
}
