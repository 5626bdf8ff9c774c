package org.openingminute.notification.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import jakarta.mail.internet.AddressException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.notification.Settings;
import org.openingminute.notification.composition.ComposedMail;
import org.openingminute.notification.composition.Samples;
import org.openingminute.notification.composition.Samples.Sample;
import org.openingminute.notification.due.MailKind;
import org.springframework.web.util.HtmlUtils;

/** Proves the bytes of every mail as sent over SMTP, by parsing them with an independent library. */
class OnTheWireIT {

    private static final UUID MAIL = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    private static final Instant AT = Instant.parse("2030-01-01T12:00:00Z");
    private static final String ADDRESS = "ada@example.org";
    private static final String[] HEADERS = {
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted"
    };

    /** RFC 5322 2.1.1, excluding the line's end. */
    private static final int LONGEST_LINE = 998;

    private static final Pattern LINK = Pattern.compile("https?://[^\\s\"<]+");
    private static final Pattern AMOUNT = Pattern.compile("USD [0-9.,]*[0-9]|[0-9][0-9.,]* USD");
    private static final Pattern DEADLINE = Pattern.compile("[0-9]{1,2}:[0-9]{2}.{0,3} PST");

    private static ScriptedMailServer remote;
    private static MailServer server;

    static List<Sample> samples() {
        return Samples.all();
    }

    @BeforeAll
    static void start() throws IOException {
        remote = new ScriptedMailServer();
        server = new MailServer(Settings.with("smtp.port", "" + remote.port()), CircuitBreakerRegistry.ofDefaults());
    }

    @AfterAll
    static void stop() throws IOException {
        server.hangUp();
        remote.close();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_mail_is_one_text_and_one_html_that_say_the_same(Sample sample) throws Exception {
        ComposedMail composed = sample.composed();
        Message mail = parsed(sent(composed));

        assertThat(mail.getMimeType()).isEqualTo("multipart/alternative");
        List<Entity> parts = ((Multipart) mail.getBody()).getBodyParts();
        assertThat(parts).extracting(Entity::getMimeType).containsExactly("text/plain", "text/html");
        assertThat(parts).extracting(Entity::getCharset).containsOnly("UTF-8");
        assertThat(parts).extracting(Entity::getFilename).containsOnlyNulls();
        String text = body(parts.getFirst());
        String html = body(parts.getLast());
        assertThat(text).isEqualTo(lines(composed.text()));
        assertThat(html).isEqualTo(lines(composed.html()));
        String shown = HtmlUtils.htmlUnescape(html);
        assertThat(found(LINK, text)).isEqualTo(found(LINK, shown));
        assertThat(found(AMOUNT, text)).isEqualTo(found(AMOUNT, shown));
        // A stranger may own the replaced address.
        boolean isForStrangers = sample.due().kind() == MailKind.CONTACT_CHANGED;
        assertThat(found(LINK, text).isEmpty()).as("without a link").isEqualTo(isForStrangers);
        assertThat(found(AMOUNT, text).isEmpty()).as("without an amount").isEqualTo(isForStrangers);
        assertThat(found(DEADLINE, text)).isEqualTo(found(DEADLINE, shown));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void headers_are_those_that_a_mail_needs_once_each(Sample sample) throws Exception {
        ComposedMail composed = sample.composed();
        byte[] octets = sent(composed);
        Message mail = parsed(octets);

        assertThat(mail.getHeader().getFields()).extracting(Field::getName).containsExactlyInAnyOrder(HEADERS);
        assertThat(mail.getFrom()).hasSize(1).first().satisfies(from -> {
            assertThat(from.getAddress()).isEqualTo("registration@example.org");
            assertThat(from.getName()).isEqualTo("MLSys 2026");
        });
        assertThat(mail.getTo().flatten()).extracting(Mailbox::getAddress).containsExactly(ADDRESS);
        assertThat(mail.getDate()).isEqualTo(Date.from(AT));
        assertThat(mail.getMessageId()).isEqualTo("<" + MAIL + "@tickets.example.org>");
        assertThat(mail.getSubject())
                .isEqualTo(composed.subject())
                .startsWith("MLSys 2026: ")
                .doesNotContainPattern("[\\p{Cntrl}]");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void lines_end_as_they_should_and_are_no_longer_than_they_may_be(Sample sample) throws Exception {
        assertLines(sent(sample.composed()));
    }

    private static void assertLines(byte[] octets) {
        String mail = new String(octets, StandardCharsets.ISO_8859_1);

        assertThat(mail).doesNotContainPattern("\r(?!\n)|(?<!\r)\n");
        assertThat(mail).matches("(?s)[\\x00-\\x7f]*");
        assertThat(mail.split("\r\n", -1)).allMatch(line -> line.length() <= LONGEST_LINE);
        String header = mail.substring(0, mail.indexOf("\r\n\r\n"));
        for (String unfolded : header.replaceAll("\r\n(?=[ \t])", "").split("\r\n")) {
            assertThat(unfolded.length()).isLessThanOrEqualTo(LONGEST_LINE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ada\r\nBcc: eve@example.org",
                "Ada\nBcc: eve@example.org\n\nAnother mail",
                "Ada\rBcc: eve@example.org",
                "Ada\u2028Bcc: eve@example.org",
                "Ada =?utf-8?q?=0D=0ABcc:_eve@example.org?=",
                "<b>Ada</b><script>alert(1)</script>",
                "Ада Лавлейс 史密斯 \"Bcc: eve@example.org\" <eve@example.org>"
            })
    void names_inject_no_header_and_no_html(String name) throws Exception {
        byte[] octets = sent(Samples.named(name, name));
        Message mail = parsed(octets);

        assertLines(octets);
        assertThat(mail.getHeader().getFields()).extracting(Field::getName).containsExactlyInAnyOrder(HEADERS);
        assertThat(mail.getBcc()).isNull();
        assertThat(mail.getCc()).isNull();
        assertThat(mail.getTo().flatten()).extracting(Mailbox::getAddress).containsExactly(ADDRESS);
        assertThat(mail.getFrom()).extracting(Mailbox::getAddress).containsExactly("registration@example.org");
        assertThat(mail.getSubject()).doesNotContainPattern("[\\p{Cntrl}]");
        List<Entity> parts = ((Multipart) mail.getBody()).getBodyParts();
        assertThat(parts).hasSize(2);
        assertThat(body(parts.getLast()).toLowerCase(Locale.ROOT)).doesNotContain("<b>", "<script");
    }

    @Test
    void an_address_with_a_header_in_it_is_none() {
        for (String typed :
                List.of(ADDRESS + "\r\nBcc: eve@example.org", ADDRESS + "\nBcc:eve@example.org", "a\r@b.c")) {
            assertThatThrownBy(() -> Envelope.address(typed)).isInstanceOf(AddressException.class);
        }
    }

    private static byte[] sent(ComposedMail composed) throws AddressException {
        remote.wire.clear();
        assertThat(server.deliver(MAIL, Envelope.address(ADDRESS), composed, AT))
                .isInstanceOf(DeliveryOutcome.Accepted.class);
        assertThat(remote.wire).hasSize(1);
        return remote.wire.getFirst();
    }

    private static Message parsed(byte[] octets) throws IOException {
        DefaultMessageBuilder builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.STRICT);
        builder.setDecodeMonitor(DecodeMonitor.STRICT);
        return builder.parseMessage(new ByteArrayInputStream(octets));
    }

    private static String body(Entity part) throws IOException {
        try (InputStream in = ((TextBody) part.getBody()).getInputStream()) {
            return lines(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static String lines(String text) {
        return text.replace("\r\n", "\n");
    }

    private static List<String> found(Pattern what, String where) {
        return what.matcher(where).results().map(MatchResult::group).sorted().toList();
    }
}
