package org.openingminute.notification.mailbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.mailbox.MailTrap.TrappedMail;
import tools.jackson.databind.json.JsonMapper;

/**
 * A mail with compressed bodies, because a rehearsal of an opening minute has tens of thousands of mails. Immutable.
 */
final class PackedMail {

    private final String id;
    private final List<String> recipients;
    private final @Nullable String subject;
    private final Instant at;
    private final byte[] packed;

    private PackedMail(TrappedMail mail, byte[] packed) {
        this.id = mail.id();
        this.recipients = mail.to() == null
                ? List.of()
                : Arrays.stream(mail.to().split(", ", -1))
                        .map(address -> address.toLowerCase(Locale.ROOT))
                        .toList();
        this.subject = mail.subject();
        this.at = mail.at();
        this.packed = packed;
    }

    static PackedMail of(TrappedMail mail, JsonMapper json) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream packing = new DeflaterOutputStream(packed)) {
            json.writeValue(packing, mail);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new PackedMail(mail, packed.toByteArray());
    }

    /** The mail as JSON, in UTF-8. */
    byte[] json() {
        try (InflaterInputStream unpacking = new InflaterInputStream(new ByteArrayInputStream(packed))) {
            return unpacking.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isTo(String address) {
        return recipients.contains(address.strip().toLowerCase(Locale.ROOT));
    }

    String id() {
        return id;
    }

    Instant at() {
        return at;
    }

    String recipients() {
        return String.join(", ", recipients);
    }

    @Nullable
    String subject() {
        return subject;
    }
}
