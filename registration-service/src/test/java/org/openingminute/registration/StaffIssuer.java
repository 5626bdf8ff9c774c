package org.openingminute.registration;

import static org.openingminute.kit.testing.StaffIssuer.nameOf;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Plays the issuer of staff tokens. */
public final class StaffIssuer {

    private static final String ISSUER = "http://localhost:8080";
    private static final ECKey KEY = key();
    private static final HttpServer JWKS = jwksServer();

    private StaffIssuer() {}

    /** The address of its keys. */
    static String jwksUri() {
        return "http://127.0.0.1:" + JWKS.getAddress().getPort() + "/jwks";
    }

    public static String staffToken(String role) {
        return staffToken(ISSUER, role);
    }

    static String staffToken(String issuer, String role) {
        return staffToken(issuer, role, Instant.now().plusSeconds(900));
    }

    /** Returns a staff token with this expiry, in whole seconds. */
    public static String staffToken(String role, Instant until) {
        return staffToken(ISSUER, role, until);
    }

    private static String staffToken(String issuer, String role, Instant until) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(KEY.getKeyID())
                            .build(),
                    new JWTClaimsSet.Builder()
                            .issuer(issuer)
                            .audience(ISSUER)
                            .subject(role)
                            .claim("name", nameOf(role))
                            .claim("roles", List.of(role))
                            .expirationTime(Date.from(until))
                            .build());
            jwt.sign(new ECDSASigner(KEY));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("test").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpServer jwksServer() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] keys = ("{\"keys\":[" + KEY.toPublicJWK().toJSONString() + "]}").getBytes(StandardCharsets.UTF_8);
            server.createContext("/jwks", exchange -> {
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, keys.length);
                try (var body = exchange.getResponseBody()) {
                    body.write(keys);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
