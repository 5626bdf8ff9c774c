package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.TRAP;
import static org.openingminute.notification.ServiceFixture.assertProblem;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Proves the mailbox pages of a rehearsal, with a real mail trap and the running service. */
@NotificationServiceApplicationTest
class MailboxIT {

    @Autowired
    private ServiceFixture service;

    @Test
    void a_mail_is_listed_as_it_arrived() throws MessagingException {
        String address = address();
        MimeMessage message = message(address, "Grüße aus Köln");
        MimeMultipart parts = new MimeMultipart("mixed");
        MimeBodyPart bodies = new MimeBodyPart();
        MimeMultipart both = new MimeMultipart("alternative");
        MimeBodyPart text = new MimeBodyPart();
        text.setText("Schöne Grüße", "UTF-8");
        MimeBodyPart html = new MimeBodyPart();
        html.setText("<p>Schöne Grüße</p>", "UTF-8", "html");
        both.addBodyPart(text);
        both.addBodyPart(html);
        bodies.setContent(both);
        MimeBodyPart file = new MimeBodyPart();
        file.setText("BEGIN:VCALENDAR", "UTF-8", "calendar");
        file.setFileName("calendar.ics");
        parts.addBodyPart(bodies);
        parts.addBodyPart(file);
        message.setContent(parts);
        Transport.send(message);

        JsonNode mail = service.mailsTo(address).getFirst();
        assertThat(mail.propertyNames())
                .containsExactlyInAnyOrder(
                        "id", "messageId", "from", "to", "subject", "at", "text", "html", "attachments");
        assertThat(mail.path("subject").asString()).isEqualTo("Grüße aus Köln");
        assertThat(mail.path("text").asString()).isEqualTo("Schöne Grüße");
        assertThat(mail.path("html").asString()).isEqualTo("<p>Schöne Grüße</p>");
        assertThat(mail.path("attachments").path(0).asString()).isEqualTo("calendar.ics");
        assertThat(mail.path("at").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
        assertThat(service.mailsTo(address.toUpperCase(java.util.Locale.ROOT))).hasSize(1);
    }

    @Test
    @DisturbsOthers
    void hundreds_of_mails_are_all_there_and_in_order() throws MessagingException {
        String address = address();
        Session session = session();
        try (Transport transport = session.getTransport("smtp")) {
            transport.connect();
            for (int i = 0; i < 450; i++) {
                MimeMessage message = message(address, "mail " + i);
                message.saveChanges();
                transport.sendMessage(message, message.getAllRecipients());
            }
        }

        assertThat(service.mailsTo(address)).hasSize(450);
        assertThat(service.mailsTo(address).getFirst().path("subject").asString())
                .isEqualTo("mail 0");
        assertThat(service.mailsTo(address).getLast().path("subject").asString())
                .isEqualTo("mail 449");
        HttpResponse<String> second = service.call("GET", "/mailbox?page=2&to=" + address, null);
        assertThat(second.body())
                .contains("450 emails", "Page 2 of 9", "mail 399", "mail 350")
                .doesNotContain("mail 400");
    }

    @Test
    @DisturbsOthers
    void emptying_leaves_nothing_and_what_comes_later_is_shown() throws MessagingException {
        String address = address();
        Transport.send(message(address, "before"));
        assertThat(service.mailsTo(address)).hasSize(1);

        HttpResponse<String> emptied = service.call("DELETE", "/mailbox/messages", null);
        assertThat(emptied.statusCode()).isEqualTo(200);
        assertThat(service.mailsTo(address)).isEmpty();
        Transport.send(message(address, "after"));

        assertThat(service.mailsTo(address)).hasSize(1);
        assertThat(service.mailsTo(address).getFirst().path("subject").asString())
                .isEqualTo("after");
    }

    @Test
    @DisturbsOthers
    void mails_removed_by_another_instance_are_shown_no_more() throws MessagingException, IOException {
        String address = address();
        Transport.send(message(address, "before"));
        assertThat(service.mailsTo(address)).hasSize(1);

        TRAP.empty();
        Transport.send(message(address, "after"));

        assertThat(service.mailsTo(address)).hasSize(1);
        assertThat(service.mailsTo(address).getFirst().path("subject").asString())
                .isEqualTo("after");
    }

    @Test
    void a_mail_is_read_on_a_page_whose_frame_runs_nothing() throws MessagingException {
        String address = address();
        MimeMessage message = message(address, "<script>alert(1)</script>");
        message.setContent(
                "<html><head></head><body>Hello \"you\"<script>alert(2)</script></body></html>", "text/html");
        Transport.send(message);
        String id = service.mailsTo(address).getFirst().path("id").asString();

        HttpResponse<String> list = service.call("GET", "/mailbox?to=" + address, null);
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(list.body())
                .contains("/mailbox/" + id, "&lt;script&gt;", "1 email")
                .doesNotContain("<script>");

        HttpResponse<String> page = service.call("GET", "/mailbox/" + id, null);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("sandbox=\"allow-top-navigation-by-user-activation", "srcdoc=\"")
                .doesNotContain("<script>")
                .doesNotContain("allow-scripts");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'"));
        assertProblem(service.call("GET", "/mailbox/1-99999999", null), 404, "not-found");
    }

    @Test
    void its_pages_belong_to_the_site_and_are_in_the_readers_language() throws MessagingException {
        String address = address();
        Transport.send(message(address, "Hello"));
        String id = service.mailsTo(address).getFirst().path("id").asString();
        for (String path : List.of("/mailbox?to=" + address, "/mailbox/" + id, "/mailbox/1-99999999")) {
            String english = page(path, "en-GB,en;q=0.9");
            String german = page(path, "de-AT,de;q=0.9,en;q=0.5");

            assertThat(english)
                    .contains(
                            "<html lang=\"en\"",
                            "Rehearsal",
                            "id=\"clock\"",
                            "February 2, 2026, 5:18\u202fPM UTC",
                            "href=\"/\"");
            assertThat(german).contains("<html lang=\"de\"", "Probe", "Es ist jetzt", "2. Februar 2026, 17:18 UTC");
            assertThat(page(path, "fr")).contains("<html lang=\"en\"");
            assertThat(english + german).doesNotContain("??", "th:");
        }
        String list = page("/mailbox?to=" + address, "en");
        assertThat(list.substring(list.indexOf("<main")))
                .containsPattern(
                        "<time datetime=\"[^\"]+Z\">[A-Z][a-z]+ \\d{1,2}, \\d{4}, \\d{1,2}:\\d\\d\u202f[AP]M UTC</time>");
    }

    private String page(String path, String language) {
        HttpResponse<String> page = service.call(
                "GET",
                path,
                null,
                "Accept",
                "text/html,*/*;q=0.8",
                "Accept-Language",
                language,
                "Business-Time",
                "2026-02-02T17:18:00Z");
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        return page.body();
    }

    @Test
    void assets_are_cached_and_revalidated_by_content() {
        for (String part : List.of("mail.js")) {
            HttpResponse<String> answer = service.call("GET", "/mailbox/assets/" + part, null);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Cache-Control")).contains("max-age=600, public");
            assertThat(answer.headers().firstValue("Last-Modified")).isEmpty();
            String etag = answer.headers().firstValue("ETag").orElseThrow();
            assertThat(service.call("GET", "/mailbox/assets/" + part, null, "If-None-Match", etag)
                            .statusCode())
                    .isEqualTo(304);
        }
        assertProblem(service.call("GET", "/mailbox/assets/page.css", null), 404, "not-found");
    }

    private static String address() {
        return "reader-" + UUID.randomUUID() + "@example.org";
    }

    private static Session session() {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", "127.0.0.1");
        properties.setProperty("mail.smtp.port", Integer.toString(TRAP.smtpPort()));
        return Session.getInstance(properties);
    }

    private static MimeMessage message(String to, String subject) throws MessagingException {
        MimeMessage message = new MimeMessage(session());
        message.setFrom(new InternetAddress("sender@example.org"));
        message.setRecipient(MimeMessage.RecipientType.TO, new InternetAddress(to));
        message.setSubject(subject, "UTF-8");
        message.setText("text");
        return message;
    }
}
