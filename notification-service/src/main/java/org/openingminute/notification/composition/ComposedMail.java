package org.openingminute.notification.composition;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A composed mail, without the headers that every mail has.
 *
 * @param secrets tokens in both bodies, which must appear nowhere else
 * @param headers further headers of this mail
 */
public record ComposedMail(
        String senderName, String subject, String text, String html, Set<String> secrets, Map<String, String> headers) {

    private static final String INSTEAD = "•••";

    public ComposedMail {
        if (secrets.contains("")) {
            throw new IllegalArgumentException("a secret must not be empty");
        }
        secrets = Set.copyOf(secrets);
        headers = Map.copyOf(headers);
    }

    /** Creates a mail without further headers. */
    public ComposedMail(String senderName, String subject, String text, String html, String accessToken) {
        this(senderName, subject, text, html, Set.of(accessToken), Map.of());
    }

    /** Returns the plain text without the secrets, in the form that may be stored. */
    public String keptText() {
        return kept(text);
    }

    /** Returns the HTML without the secrets, in the form that may be stored. */
    public String keptHtml() {
        return kept(html);
    }

    /** Removes this mail's secrets from a text, so that it may be stored. */
    public String kept(String text) {
        String kept = text;
        for (String secret : secrets) {
            kept = kept.replace(secret, INSTEAD);
        }
        return kept;
    }

    /** Omits the secrets. */
    @Override
    public String toString() {
        return "ComposedMail[" + subject.length() + " characters of subject]";
    }

    /** The bodies of a sent mail. They are stored as one compressed value: their lengths, then their bytes in UTF-8. */
    public record KeptBodies(String text, String html) {

        /** Returns the compressed value. */
        public byte[] compressed() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Deflater deflater = new Deflater(Deflater.BEST_SPEED);
            try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes, deflater))) {
                write(out, text);
                write(out, html);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                deflater.end();
            }
            return bytes.toByteArray();
        }

        /** Parses a compressed value. */
        public static KeptBodies of(byte[] compressed) {
            try (DataInputStream in =
                    new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(compressed)))) {
                return new KeptBodies(read(in), read(in));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void write(DataOutputStream out, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        private static String read(DataInputStream in) throws IOException {
            return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        }
    }
}
