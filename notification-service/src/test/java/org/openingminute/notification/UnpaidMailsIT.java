package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessTokens;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * Proves that unpaid registrations in another person's name cause few mails, on the running service with its database, broker and a mail
 * trap.
 */
@NotificationServiceApplicationTest
class UnpaidMailsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ApplicationContext context;

    @Autowired
    private AccessTokens tokens;

    private final String name = "eve-" + UUID.randomUUID();

    @Test
    void one_mail_that_waits_is_sent_before_the_end_of_a_hold() {
        Instant begin = Instant.now();
        List<Story> free = IntStream.range(0, 4)
                .mapToObj(i ->
                        new Story().contact("Eve", name + "@example.org", "en").with("total", Story.money(0)))
                .toList();
        free.forEach(story -> NEIGHBOURS.publish(confirmed(story)));
        soon(() -> assertThat(due("several-unpaid"))
                .singleElement()
                .satisfies(due -> assertThat(due).isAfter(begin.plus(Duration.ofMinutes(59)))));
        Story held = new Story()
                .contact("Eve", name + "@example.org", "en")
                .with("awaitsOpening", true)
                .with("paymentMethod", "invoice");
        NEIGHBOURS.publish(held.held());
        soon(() -> assertThat(rows(held)).containsExactly("pay-now superseded"));

        assertThat(due("several-unpaid"))
                .singleElement()
                .satisfies(due -> assertThat(due).isBefore(begin.plus(Duration.ofMinutes(7))));
    }

    @Test
    void mailbox_gets_three_mails_an_hour_and_then_one_for_all_others() {
        // The batch before may still be counting what it held back.
        service.awaitReaders();
        Instant begin = Instant.now();
        double heldBefore = heldBack();
        List<Story> stories = IntStream.range(0, 12)
                .mapToObj(i -> new Story()
                        .contact("Eve", name + "@example.org", "en")
                        .with("reference", "ML26-00000" + (char) ('A' + i))
                        .with("awaitsOpening", true)
                        .with("paymentMethod", "invoice"))
                .toList();
        stories.forEach(story -> NEIGHBOURS.publish(story.held()));
        soon(() -> assertThat(count("kind = 'pay-now' and state = 'sent'")).isEqualTo(3));
        soon(() ->
                assertThat(count("kind = 'pay-now' and state = 'superseded'")).isEqualTo(9));
        soon(() -> assertThat(heldBack() - heldBefore).isEqualTo(9));
        assertThat(due("several-unpaid"))
                .singleElement()
                .satisfies(due -> assertThat(due)
                        .as("while the holds of 15 minutes last")
                        .isBetween(begin.plus(Duration.ofMinutes(4)), begin.plus(Duration.ofMinutes(7))));

        Story paid = stories.stream()
                .filter(story -> rows(story).equals(List.of("pay-now superseded")))
                .findFirst()
                .orElseThrow();
        NEIGHBOURS.publish(paid.confirmed());
        soon(() -> assertThat(count("kind = 'confirmation' and state = 'sent'")).isEqualTo(1));
        String text = sentForSeveral();
        assertThat(text).contains("There are 8 more registrations with your email address");
        assertThat(text.split("/open#k1\\.", -1)).hasSize(9);
        assertThat(text).doesNotContain(paid.id.toString());
    }

    private double heldBack() {
        return context.getBean(MeterRegistry.class)
                .counter("mails.held.back", "reason", "unpaid")
                .count();
    }

    @Test
    void mails_about_registrations_with_nothing_to_pay_are_kept_back_too() {
        List<Story> stories = IntStream.range(0, 5)
                .mapToObj(i -> new Story()
                        .contact("Eve", name + "@example.org", "en")
                        .with("reference", "ML26-00000" + (char) ('A' + i))
                        .with("total", Story.money(0)))
                .toList();
        stories.forEach(story -> NEIGHBOURS.publish(confirmed(story)));
        soon(() -> assertThat(count("kind = 'confirmation' and state = 'sent'")).isEqualTo(3));
        soon(() -> assertThat(count("kind = 'confirmation' and state = 'superseded'"))
                .isEqualTo(2));
        Story one = stories.stream()
                .filter(story -> rows(story).equals(List.of("confirmation sent")))
                .findFirst()
                .orElseThrow();
        NEIGHBOURS.publish(confirmed(one.with("contactGeneration", 1)));
        soon(() -> assertThat(rows(one)).contains("link superseded"));

        String text = sentForSeveral();
        Story told = stories.stream()
                .filter(story -> rows(story).equals(List.of("confirmation superseded")))
                .findFirst()
                .orElseThrow();
        jdbc.sql("update unpaid_brake set mailed_at = '{}'").update();
        NEIGHBOURS.publish(confirmed(told.with("contactGeneration", 1)));
        soon(() -> assertThat(rows(told)).contains("link sent"));
        assertThat(rows(told)).as("its state was already mailed").contains("confirmation superseded");
        assertThat(text)
                .contains("3 more registrations", one.reference() + ": confirmed,", "/open#k1." + one.id + ".-.1.");
    }

    @Test
    void new_holds_are_listed_before_expired_registrations() {
        UUID mail = UUID.randomUUID();
        jdbc.sql("""
                insert into mail (id, kind, recipient, due_since, next_try_at, created_at, state_since)
                select :mail, 'several-unpaid', :email, t, t, t, t from (select now() + interval '1 hour' as t)
                """).param("mail", mail).param("email", name + "@example.org").update();
        jdbc.sql("""
                with made as (
                    insert into projection (id, state)
                    select ('019c1f4b-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
                           json_build_object('id', '019c1f4b-0000-7000-8000-' || lpad(i::text, 12, '0'),
                               'reference', 'ML26-' || i, 'conference', 'mlsys-2026', 'contactGeneration', 0,
                               'status', case when i in (1, 2) then 'pending-payment' else 'expired' end,
                               'contact', json_build_object('name', 'Eve', 'email', :email, 'locale', 'en'),
                               'total', json_build_object('amount', 80000, 'currency', 'USD'),
                               'captured', json_build_object('amount', case i when 60 then 80000 else 0 end, 'currency', 'USD'),
                               'holdExpiresAt', case when i in (1, 2) then '2026-02-02T17:15:00Z' end,
                               'changedAt', '2026-02-02T17:00:00Z')::text
                      from generate_series(1, 60) as i
                    returning id)
                insert into mail_part (mail_id, registration_id, added_at) select :mail, id, now() from made
                """).param("mail", mail).param("email", name + "@example.org").update();
        String text = sentForSeveral();

        assertThat(text).containsSubsequence("ML26-2: held", "ML26-1: held", "ML26-59: expired", "ML26-58: expired");
        assertThat(text.split("/open#k1\\.", -1)).hasSize(51);
        assertThat(text)
                .contains(
                        "There are 59 more registrations", "9 more registrations, older or ended, are not listed here")
                .doesNotContain("ML26-60", "ML26-11:");
    }

    private static Story.Event confirmed(Story story) {
        return story.registration("registration.confirmed.v1", "confirmed", null);
    }

    @Test
    void mailbox_gets_three_mails_on_request_in_an_hour() {
        Story story = new Story().contact("Eve", name + "@example.org", "en").with("total", Story.money(0));
        NEIGHBOURS.publish(confirmed(story));
        for (int i = 1; i <= 3; i++) {
            int sent = i;
            soon(() -> assertThat(count("state = 'sent'")).isEqualTo(sent));
            assertThat(sendAgain(story).statusCode()).isEqualTo(200);
        }
        soon(() -> assertThat(count("state = 'sent'")).isEqualTo(4));

        assertProblem(sendAgain(story), 429, "rate-limited");
        jdbc.sql("update mailbox_brake set mailed_at[1] = mailed_at[1] - interval '50 minutes' where mailbox = ?")
                .param(tokens.pseudonym("unpaid-mailbox", name + "@example.org"))
                .update();
        assertThat(Long.parseLong(
                        sendAgain(story).headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1L, 600L);
        assertThat(service.call(
                                "POST",
                                "/open/link",
                                "reference=" + story.reference() + "&email=" + name + "%40example.org",
                                "Content-Type",
                                "application/x-www-form-urlencoded")
                        .statusCode())
                .isEqualTo(202);
        assertThat(service.call(
                                "POST",
                                "/api/conferences/mlsys-2026/mailbox-confirmations",
                                "{\"email\": \"" + name + "+x@example.org\"}",
                                "Content-Type",
                                "application/json")
                        .statusCode())
                .isEqualTo(202);
        assertThat(count("true")).isEqualTo(4);
    }

    private HttpResponse<String> sendAgain(Story story) {
        return service.call(
                "POST",
                "/api/registrations/" + story.id + "/mails",
                "{\"kind\": \"confirmation\"}",
                "Authorization",
                "Bearer " + ServiceFixture.token(story.id, "-", 0),
                "Content-Type",
                "application/json");
    }

    @Test
    void registration_that_is_paid_is_no_reason_to_keep_a_mail_back() {
        List<Story> stories = IntStream.range(0, 5)
                .mapToObj(i -> new Story().contact("Eve", name + "@example.org", "en"))
                .toList();
        stories.forEach(story -> NEIGHBOURS.publish(story.confirmed()));

        soon(() -> assertThat(count("kind = 'confirmation' and state = 'sent'")).isEqualTo(5));
    }

    /** Makes the combined mail due now; returns its text once it is sent. */
    private String sentForSeveral() {
        makeDue();
        soon(() ->
                assertThat(count("kind = 'several-unpaid' and state = 'sent'")).isEqualTo(1));
        return textForSeveral(name + "@example.org");
    }

    private void makeDue() {
        jdbc.sql("update mail set next_try_at = now() where kind = 'several-unpaid' and recipient like ?")
                .param(name + "%")
                .update();
    }

    private String textForSeveral(String address) {
        return service.mailsTo(address).stream()
                .filter(mail -> mail.path("subject").asString().contains("with your email address"))
                .map(mail -> mail.path("text").asString())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void expired_throttles_are_deleted() {
        UUID mail = UUID.randomUUID();
        jdbc.sql("""
                insert into mail_part (mail_id, registration_id, added_at)
                values (:mail, :mail, now() - interval '9 days'), (:mail, gen_random_uuid(), now() - interval '7 days')
                """).param("mail", mail).update();
        jdbc.sql("insert into unpaid_brake (mailbox, mailed_at, last_at) values (?, '{}', now() - interval '9 days')")
                .param(mail)
                .update();
        ReflectionTestUtils.invokeMethod(context.getBean("dueMailWriter"), "forgetOld");

        assertThat(jdbc.sql("select count(*) from mail_part where mail_id = ?")
                        .param(mail)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        assertThat(jdbc.sql("select count(*) from unpaid_brake where mailbox = ?")
                        .param(mail)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void links_go_to_no_other_address_of_the_mailbox() {
        List<Story> stories = IntStream.range(0, 8)
                .mapToObj(i -> new Story()
                        .contact("Eve", name + (i < 3 ? "@" : i < 6 ? "+eu@" : "+US@") + "example.org", "en")
                        .with("reference", "ML26-00000" + (char) ('A' + i)))
                .toList();
        stories.subList(0, 3).forEach(story -> NEIGHBOURS.publish(story.held()));
        soon(() -> assertThat(count("kind = 'pay-now' and state = 'sent'")).isEqualTo(3));
        stories.subList(3, 8).forEach(story -> NEIGHBOURS.publish(story.held()));
        soon(() ->
                assertThat(count("kind = 'pay-now' and state = 'superseded'")).isEqualTo(5));
        makeDue();
        soon(() ->
                assertThat(count("kind = 'several-unpaid' and state = 'sent'")).isEqualTo(2));

        assertThat(textForSeveral(name + "+eu@example.org"))
                .contains("ML26-00000D", "ML26-00000E", "ML26-00000F")
                .doesNotContain("ML26-00000G", "ML26-00000H");
        assertThat(textForSeveral(name + "+US@example.org"))
                .contains("ML26-00000G", "ML26-00000H")
                .doesNotContain("ML26-00000D", "ML26-00000E", "ML26-00000F");
    }

    @Test
    void mailbox_of_endless_addresses_waits_for_no_more_than_a_day() {
        List<Story> stories = IntStream.range(0, 15)
                .mapToObj(i -> new Story().contact("Eve", name + "+" + i + "@example.org", "en"))
                .toList();
        stories.forEach(story -> NEIGHBOURS.publish(story.held()));
        soon(() ->
                assertThat(count("kind = 'pay-now' and state = 'superseded'")).isEqualTo(12));

        assertThat(due("several-unpaid"))
                .hasSize(10)
                .allSatisfy(at -> assertThat(at).isBefore(Instant.now().plus(Duration.ofDays(1))));
    }

    private List<Instant> due(String kind) {
        return jdbc
                .sql("select next_try_at from mail where recipient like ? and kind = ? order by next_try_at")
                .param(name + "%")
                .param(kind)
                .query(Timestamp.class)
                .list()
                .stream()
                .map(Timestamp::toInstant)
                .toList();
    }

    private List<String> rows(Story story) {
        return service.rowsOf(story.id);
    }

    private int count(String which) {
        return jdbc.sql("select count(*) from mail where recipient like ? and " + which)
                .param(name + "%")
                .query(Integer.class)
                .single();
    }
}
