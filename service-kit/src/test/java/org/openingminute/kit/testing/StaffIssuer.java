package org.openingminute.kit.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Signs staff tokens and publishes its key, as the gateway does. Thread-safe. */
public final class StaffIssuer implements AutoCloseable {

    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private final Semaphore answers = new Semaphore(1);
    private volatile boolean away;
    private volatile ECKey key = newKey();

    /** Starts an issuer with its own key, on a free port of this machine. */
    public StaffIssuer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/jwks.json", exchange -> {
                fetches.incrementAndGet();
                answers.acquireUninterruptibly();
                answers.release();
                byte[] published = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(away ? 503 : 200, published.length);
                exchange.getResponseBody().write(published);
                exchange.close();
            });
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID("staff-" + UUID.randomUUID())
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signs with a new key from now on, and publishes that key alone. */
    public void changeKey() {
        key = newKey();
    }

    /** The id of the current key. */
    public String keyId() {
        return key.getKeyID();
    }

    /** The URL of the published keys. */
    public String jwksUri() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json";
    }

    /** The number of requests for the keys. */
    public int fetches() {
        return fetches.get();
    }

    /** Sets whether the issuer answers with 503 instead of its keys. */
    public void away(boolean away) {
        this.away = away;
    }

    /** Accepts requests but does not answer them, until {@link #speak()}. */
    public void fallSilent() {
        answers.acquireUninterruptibly();
    }

    /** Answers the waiting requests and all later ones. */
    public void speak() {
        answers.release();
    }

    /** A valid token for the gateway's own audience, which expires in ten minutes. */
    public String token(String issuer, String account, String... roles) {
        return token(issuer, account, Instant.now().plusSeconds(600), roles);
    }

    /** A token with this expiry, valid or not. */
    public String token(String issuer, @Nullable String account, Instant expires, String... roles) {
        return signed(
                keyId(),
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .audience(issuer)
                        .subject(account)
                        .claim("name", nameOf(account))
                        .claim("roles", List.of(roles))
                        .expirationTime(Date.from(expires))
                        .build());
    }

    /** The display name that the tokens of an account contain. */
    public static String nameOf(@Nullable String account) {
        return "The person of " + account;
    }

    /** A token with these claims that names a key, which may be unpublished. */
    public String signed(String keyId, JWTClaimsSet claims) {
        return signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(keyId).build(), claims);
    }

    /** A token with these claims and a {@code typ} header. */
    public String signed(String keyId, String type, JWTClaimsSet claims) {
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(new JOSEObjectType(type))
                        .keyID(keyId)
                        .build(),
                claims);
    }

    private String signed(JWSHeader header, JWTClaimsSet claims) {
        SignedJWT jwt = new SignedJWT(header, claims);
        try {
            jwt.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    @Override
    public void close() {
        // The server waits for its pending requests.
        speak();
        server.stop(0);
    }
}
