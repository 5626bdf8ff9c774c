package org.openingminute.notification.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.notification.composition.ComposedMail;

/** Proves how addresses are read and which Message-ID a mail gets. */
class EnvelopeTest {

    @ParameterizedTest
    @ValueSource(strings = {"ada@example.org", "ada+mlsys@sub.example.org", "o'hara@example.org"})
    void an_address_is_read(String typed) throws AddressException {
        assertThat(Envelope.address(typed).getAddress()).isEqualTo(typed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "ada@",
                "@example.org",
                "ada@example.org,eve@example.org",
                "Ada <ada@example.org>",
                "ada@example.org\r\nBcc: eve@example.org",
                "ada@exam ple.org",
                "group: ada@example.org;"
            })
    void invalid_addresses_are_refused(String typed) {
        assertThatThrownBy(() -> Envelope.address(typed)).isInstanceOf(AddressException.class);
    }

    @Test
    void a_message_bears_the_id_of_its_row_every_time() throws MessagingException, IOException {
        UUID mail = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
        ComposedMail composed =
                new ComposedMail("Köln Konferenz", "Köln: Sie sind angemeldet", "Guten Tag Ada", "<p>Ädä</p>", "token");
        for (int copy = 0; copy < 2; copy++) {
            MimeMessage message = Envelope.message(
                    Session.getInstance(new Properties()),
                    Envelope.messageId(mail, "tickets.example.org"),
                    "registration@example.org",
                    Envelope.address("ada@example.org"),
                    composed,
                    Instant.parse("2030-01-01T12:00:00Z"));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            message.writeTo(bytes);

            assertThat(bytes.toString(StandardCharsets.US_ASCII))
                    .contains("Message-ID: <019c1f4b-fe80-7025-8065-5a1d316edc57@tickets.example.org>")
                    .contains("Auto-Submitted: auto-generated")
                    .contains("To: ada@example.org");
            assertThat(message.getSubject()).isEqualTo("Köln: Sie sind angemeldet");
        }
    }
}
