package org.openingminute.registration;

import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.startup.Limits;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * This service's own configuration; all of it is in {@code docs/configuration.md}.
 *
 * @param mode {@code rehearsal} (the clock can be moved, the payment provider is a sandbox) or {@code deployed}
 * @param publicUrl the public URL of the gateway, without a trailing slash; every absolute link begins with it.
 *     {@code http://localhost:8080} in a rehearsal if empty
 * @param accessTokenKeys keys of registrants' links, {@code id:base64url-secret}, comma separated, 32 bytes at least; the first
 *     signs, all verify; the same in registration-, payment- and notification-service
 * @param ticketKeys keys of tickets, {@code id:base64url-seed}, comma separated, 32 bytes each ({@code openssl rand 32}); the
 *     first signs, all are published
 * @param staffJwksUri where the keys of staff tokens are: the gateway's {@code /.well-known/jwks.json}
 * @param staffIssuer the {@code iss} that staff tokens must bear; the public URL if empty
 * @param waitingRoomKeys keys of admissions from a waiting room, {@code id:base64url-secret}, comma separated, 32 bytes at least; the
 *     first signs, all verify; the same in registration-service and gateway
 * @param limits whether unpaid seats and wrong voucher codes are bounded, {@code on} or {@code off}; if empty {@code off} in a rehearsal, else {@code on}
 */
@ConfigurationProperties(prefix = "registration", ignoreUnknownFields = false)
public record Settings(
        @DefaultValue("deployed") Mode mode,
        @DefaultValue("") String publicUrl,
        String accessTokenKeys,
        String ticketKeys,
        String waitingRoomKeys,
        String staffJwksUri,
        @DefaultValue("") String staffIssuer,
        @DefaultValue("") String limits) {

    private static final String REHEARSAL_URL = "http://localhost:8080";

    /** What this installation is for. */
    public enum Mode {
        /** A trial run: the business clock can be moved, and the payment provider is a sandbox. */
        REHEARSAL,
        DEPLOYED
    }

    public Settings {
        if (publicUrl.isBlank() && mode == Mode.REHEARSAL) {
            publicUrl = REHEARSAL_URL;
        }
        if (publicUrl.isBlank()) {
            throw new IllegalArgumentException("PUBLIC_URL is missing");
        }
        if (publicUrl.endsWith("/")) {
            throw new IllegalArgumentException("PUBLIC_URL must not end with a slash");
        }
        Limits.areOn(limits, mode == Mode.REHEARSAL);
        // Fails the start on invalid keys before any database connection is opened.
        AccessTokens.of(accessTokenKeys);
        AccessTokens.of("WAITING_ROOM_KEYS", waitingRoomKeys);
        TicketSigner.of(ticketKeys);
        StaffTrust.ofGateway(publicUrl, staffIssuer, staffJwksUri);
    }

    StaffTrust staffTrust() {
        return StaffTrust.ofGateway(publicUrl, staffIssuer, staffJwksUri);
    }

    /** Whether the number of unpaid seats and of wrong voucher codes is limited. */
    public boolean limited() {
        return Limits.areOn(limits, rehearsal());
    }

    public boolean rehearsal() {
        return mode == Mode.REHEARSAL;
    }
}
