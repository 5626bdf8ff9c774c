package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.assertProblem;
import static org.openingminute.notification.ServiceFixture.soon;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.messaging.testing.StepGuard;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;
import tools.jackson.databind.JsonNode;

/**
 * Proves how many mails others can cause to an address that is not theirs, and which data remains after unsubscribing. Uses the running
 * service with a mail trap.
 */
@NotificationServiceApplicationTest
class OptInThrottleIT {

    private static final Pattern CONFIRMATION = Pattern.compile("/interest/confirmation\\?token=([A-Za-z0-9._,-]+)");
    private static final Pattern LEAVE = Pattern.compile("/api/unsubscribe/([A-Za-z0-9._,-]+)");

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private final String name = "eve-" + UUID.randomUUID();
    private final String address = name + "@example.org";

    @Autowired
    ApplicationContext context;

    @Test
    void labels_behind_a_plus_share_one_throttle() {
        String first = name + "+1@example.org";
        ask(first, "en", "program");
        soon(() -> assertThat(service.mailsTo(first)).hasSize(1));

        ask(name + "+2@example.org", "en", "program");
        ask(name + "+3@example.org", "en", "program");
        ask(address, "en", "program");
        soon(() -> assertThat(mails()).containsExactly("sent 0", "waiting 1"));
        assertThat(jdbc.sql("select address from subscriber where address like ? order by address")
                        .param(name + "%")
                        .query(String.class)
                        .list())
                .containsExactly(first, name + "+2@example.org");
    }

    @Test
    @DisturbsOthers
    void each_unanswered_mail_lengthens_the_wait_and_an_answer_ends_it() {
        ask(address, "en", "program");
        theMail(1);
        hoursPass(1);
        ask(address, "en", "program");
        theMail(2);
        hoursPass(1);
        ask(address, "en", "program");
        assertThat(mails()).hasSize(2);
        hoursPass(23);
        ask(address, "en", "program");
        JsonNode third = theMail(3);
        hoursPass(24);
        ask(address, "en", "program");
        assertThat(mails()).hasSize(3);

        post("/interest/confirmation", "token=" + found(CONFIRMATION, third));
        ask(address, "en", "keynotes");
        theMail(4);
    }

    @Test
    void unconfirmed_reader_who_left_is_not_mailed_at_once_again() {
        ask(address, "en", "program");
        leave(theMail(1));
        ask(address, "en", "program");
        ask(address, "en", "program", "keynotes");
        assertThat(mails()).containsExactly("waiting 1");
        assertThat(jdbc.sql("select count(*) from opt_in_brake where opt_in_brake::text like ?")
                        .param("%" + name + "%")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void a_link_of_a_mail_from_before_ends_what_was_begun_after() {
        ask(address, "en", "program");
        JsonNode old = theMail(1);
        String oldConfirmation = found(CONFIRMATION, old);
        post("/interest/confirmation", "token=" + oldConfirmation);
        leave(old);

        ask(address, "en", "keynotes");
        JsonNode recent = theMail(2);
        assertThat(post("/interest/confirmation", "token=" + oldConfirmation)).contains("This link has expired");
        assertThat(topics()).isEmpty();
        post("/interest/confirmation", "token=" + found(CONFIRMATION, recent));
        assertThat(topics()).containsExactly("keynotes");
        leave(old);
        assertThat(topics()).isEmpty();
    }

    @Test
    @DisturbsOthers
    void language_of_a_reader_is_changed_by_the_reader_alone() {
        ask(address, "en", "program");
        post("/interest/confirmation", "token=" + found(CONFIRMATION, theMail(1)));
        hoursPass(1);
        ask(address, "de", "keynotes");
        JsonNode german = theMail(2);
        assertThat(german.path("subject").asString()).contains("Bitte bestätigen Sie Ihr Abonnement");
        assertThat(locale()).isEqualTo("en");
        post("/interest/confirmation", "token=" + found(CONFIRMATION, german));
        assertThat(locale()).isEqualTo("de");
    }

    @Test
    @DisturbsOthers
    void topics_asked_for_during_an_outage_join_the_waiting_mail() {
        ask(address, "en", "program");
        post("/interest/confirmation", "token=" + found(CONFIRMATION, theMail(1)));
        ask(address, "en", "keynotes");
        // As if the second mail had been due two hours ago while the mail server was away.
        hoursPass(3);
        ask(address, "en", "registration");
        ask(address, "en", "price-deadline");
        assertThat(mails()).hasSize(2);
        assertThat(jdbc.sql("select about from mail where recipient = ? and state = 'waiting'")
                        .param(address)
                        .query(String.class)
                        .single())
                .isEqualTo("registration,program,keynotes,price-deadline");
    }

    @Test
    void days_to_answer_count_from_the_mail_though_it_was_late() {
        ask(address, "en", "program");
        theMail(1);
        ask(address, "en", "keynotes");
        jdbc.sql("""
                update mail set due_since = now() - interval '8 days', next_try_at = now() - interval '8 days'
                 where recipient = ? and state = 'waiting'
                """).param(address).update();
        post("/interest/confirmation", "token=" + found(CONFIRMATION, theMail(2)));
        assertThat(topics()).containsExactlyInAnyOrder("keynotes", "program");
    }

    @Test
    @DisturbsOthers
    void unconfirmed_readers_are_forgotten_after_their_days_to_answer() {
        ask(address, "en", "program");
        theMail(1);
        soon(() -> assertThat(mails()).containsExactly("sent 0"));
        jdbc.sql("update subscriber set asked_at = asked_at - interval '9 days' where address = ?")
                .param(address)
                .update();
        jdbc.sql("""
                insert into subscriber (id, conference, email, address, locale, created_at)
                select gen_random_uuid(), 'mlsys-2026', :name || '+' || n, :name || '+' || n, 'en', now() - interval '9 days'
                  from generate_series(1, 501) n
                """).param("name", name).update();

        // Each run deletes a limited number; the next run deletes the rest.
        forget();
        forget();
        assertThat(subscribers()).containsExactly(address);

        jdbc.sql("update mail set state_since = state_since - interval '9 days' where recipient = ?")
                .param(address)
                .update();
        forget();
        assertThat(subscribers()).isEmpty();
        assertThat(throttles()).isPositive();
        jdbc.sql("insert into opt_in_brake select gen_random_uuid(), now() from generate_series(1, 2001)")
                .update();
        hoursPass(9 * 24);
        StepGuard.on(jdbc, "opt_in_brake", "delete");
        try {
            forget();
        } finally {
            StepGuard.remove(jdbc, "opt_in_brake");
        }
        assertThat(throttles()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", ""})
    void a_key_that_is_none_is_refused_here_too(String key) {
        HttpResponse<String> answer = service.call(
                "POST",
                "/api/conferences/mlsys-2026/interest",
                body(address, "program"),
                "Content-Type",
                "application/json",
                "Idempotency-Key",
                key);
        assertProblem(answer, 400, "malformed");
        assertThat(subscribers()).isEmpty();
    }

    private void ask(String email, String language, String... topics) {
        HttpResponse<String> answer = service.call(
                "POST",
                "/api/conferences/mlsys-2026/interest",
                body(email, topics),
                "Content-Type",
                "application/json",
                "Accept-Language",
                language,
                "Idempotency-Key",
                "as-often-as-one-likes");
        assertThat(answer.statusCode()).isEqualTo(202);
    }

    private static String body(String email, String... topics) {
        return "{\"email\": \"" + email + "\", \"topics\": [\"" + String.join("\", \"", topics) + "\"]}";
    }

    private void leave(JsonNode mail) {
        HttpResponse<String> left = service.call(
                "POST",
                "/api/unsubscribe/" + found(LEAVE, mail),
                "List-Unsubscribe=One-Click",
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(left.statusCode()).isEqualTo(204);
    }

    private String post(String path, String form) {
        HttpResponse<String> page = service.call(
                "POST",
                path,
                form,
                "Accept",
                "text/html",
                "Accept-Language",
                "en",
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(page.statusCode()).isEqualTo(200);
        return page.body();
    }

    /** Waits for this number of mails and for their outcomes, without which later topics wait for another mail; returns the newest. */
    private JsonNode theMail(int count) {
        soon(() -> assertThat(service.mailsTo(address)).hasSize(count));
        soon(() -> assertThat(withoutOutcome()).isZero());
        return service.mailsTo(address).getLast();
    }

    /** Returns how many mails to the address are being sent, or were and are not noted as sent yet. */
    private int withoutOutcome() {
        return jdbc.sql("""
                select count(*) from mail where recipient = ? and state = 'waiting' and leased_by is not null
                """).param(address).query(Integer.class).single();
    }

    private static String found(Pattern link, JsonNode mail) {
        Matcher matcher = link.matcher(mail.path("text").asString());
        assertThat(matcher.find()).as(mail.toString()).isTrue();
        return matcher.group(1);
    }

    /** Returns the state of each mail to these addresses, and how many hours after its creation it was due. */
    private List<String> mails() {
        return jdbc.sql("""
                select state || ' ' || round(extract(epoch from due_since - created_at) / 3600)
                  from mail where recipient like ? order by created_at, id
                """).param(name + "%").query(String.class).list();
    }

    private List<String> subscribers() {
        return jdbc.sql("select address from subscriber where address like ?")
                .param(name + "%")
                .query(String.class)
                .list();
    }

    private List<String> topics() {
        return jdbc.sql("select topic from interest join subscriber on subscriber.id = subscriber_id where address = ?")
                .param(address)
                .query(String.class)
                .list();
    }

    private String locale() {
        return jdbc.sql("select locale from subscriber where address = ?")
                .param(address)
                .query(String.class)
                .single();
    }

    /** Ages all throttles, because their rows do not contain addresses. */
    private void hoursPass(int hours) {
        jdbc.sql("update opt_in_brake set mailed_at = mailed_at - :hours * interval '1 hour'")
                .param("hours", hours)
                .update();
    }

    private int throttles() {
        return jdbc.sql("select count(*) from opt_in_brake")
                .query(Integer.class)
                .single();
    }

    /** Runs the hourly clean-up. */
    private void forget() {
        ReflectionTestUtils.invokeMethod(context.getBean("interests"), "forgetWhoNeverConfirmed");
    }
}
