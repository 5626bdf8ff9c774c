package org.openingminute.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * Keys and passwords that the parts share, generated once and kept in files. They survive a restart, so that links mailed earlier stay
 * valid.
 */
final class Secrets {

    private static final int BYTES = 32;

    private static final String OWNER_ALONE = "rw-------";
    private static final String EVERYBODY = "rw-r--r--";

    private final Path folder;
    private final String readers;
    private final SecureRandom random = new SecureRandom();

    /** Opens a folder of secrets that only this user can read. */
    Secrets(Path folder) throws IOException {
        this(folder, OWNER_ALONE);
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private Secrets(Path folder, String readers) {
        this.folder = folder;
        this.readers = readers;
    }

    /**
     * Opens an existing folder of secrets that containers of several users read.
     *
     * @param folder protected by its own permissions
     */
    static Secrets inVolume(Path folder) {
        return new Secrets(folder, EVERYBODY);
    }

    /** Returns a random text of 256 bits, the same for a name as long as the data folder exists. */
    String text(String name) throws IOException {
        return Files.readString(textFile(name));
    }

    /** Returns the file of a random text of 256 bits. */
    Path textFile(String name) throws IOException {
        return file(name, this::randomText);
    }

    /** Returns a password that a person can type. */
    String password(String name) throws IOException {
        return Files.readString(file(name, () -> Settings.password(random)));
    }

    /** Returns the file of a list with one key, in the format of {@code ACCESS_TOKEN_KEYS}: an id, a colon, and 256 random bits. */
    Path keys(String name) throws IOException {
        return file(name, () -> "k1:" + randomText());
    }

    /** Returns the file of a private P-256 key as PKCS#8 PEM. */
    Path signingKey(String name) throws IOException {
        return file(name, Secrets::privateKey);
    }

    private Path file(String name, Supplier<String> content) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            // Renamed when complete, so that a full disk or a kill never leaves an incomplete key.
            Path unfinished = Files.createTempFile(
                    folder,
                    name,
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(readers)));
            Files.writeString(unfinished, content.get());
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }

    private String randomText() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String privateKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
            String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(key);
            return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }
}
