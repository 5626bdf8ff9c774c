package org.openingminute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import org.openingminute.local.Settings.Ports;

/** Access to the inside of a local system, for tests that measure or check what no API shows. */
public final class SystemInside {

    private final Settings settings;

    public SystemInside(Settings settings) {
        this.settings = settings;
    }

    /** The variables with which another instance of registration-service joins the system. */
    public Map<String, String> registrationInstance() {
        return Map.of(
                "APP_MODE",
                "rehearsal",
                "PUBLIC_URL",
                settings.url(),
                "STAFF_JWKS_URI",
                settings.url() + "/.well-known/jwks.json",
                "ACCESS_TOKEN_KEYS",
                "k1:" + secret("access-token-key"),
                "TICKET_KEYS",
                "k1:" + secret("ticket-key"),
                "WAITING_ROOM_KEYS",
                "k1:" + secret("waiting-room-key"),
                "DATABASE_URL",
                databaseUrl("registration"),
                "DATABASE_USER",
                "registration",
                "DATABASE_PASSWORD",
                secret("registration-database-password"),
                "KAFKA_BOOTSTRAP_SERVERS",
                settings.brokers());
    }

    /** The ports of the services' metrics. */
    public Map<String, Integer> metricPorts() {
        Ports ports = settings.ports();
        return Map.of(
                "gateway", ports.gatewayManagement(),
                "registration-service", ports.registration(),
                "payment-service", ports.payment(),
                "notification-service", ports.notification());
    }

    public int registrationPort() {
        return settings.ports().registration();
    }

    public int postgresPort() {
        return settings.ports().postgres();
    }

    public String databaseUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + postgresPort() + "/" + database;
    }

    public String superuserPassword() {
        return secret("postgres-password");
    }

    /** The key with which the gateway signs staff tokens. */
    public ECPrivateKey staffSigningKey() {
        byte[] key =
                Base64.getMimeDecoder().decode(secret("staff-signing-key.pem").replaceAll("-----[A-Z ]+-----", ""));
        try {
            return (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String secret(String name) {
        Path file = settings.dataFolder().resolve("secrets").resolve(name);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException("the system has not started yet: " + file, e);
        }
    }
}
