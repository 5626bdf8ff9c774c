package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.EdgeContract;
import org.openingminute.kit.testing.TokenVectors;

class EdgeIT extends WholeService implements EdgeContract {

    @Override
    public URI base() {
        return URI.create(URL);
    }

    @Override
    public String publicUrl() {
        return URL;
    }

    @Override
    public String accessTokenKeys() {
        return "k1:" + Base64.getUrlEncoder().withoutPadding().encodeToString(TOKEN_SECRET);
    }

    @Override
    public String staffToken(String role) {
        return STAFF.token(role);
    }

    @Override
    public String read(UUID registration) {
        return "/api/payments/" + registration;
    }

    @Override
    public String write(UUID registration) {
        return "/api/payments/" + registration + "/checkout";
    }

    /** A payment is the contact's business: an attendee's own token does not open it. */
    @Test
    void attendee_cannot_see_the_payment() {
        UUID registration = UUID.randomUUID();
        String token = TokenVectors.signed(accessTokenKeys(), "k1." + registration + "." + UUID.randomUUID() + ".0");
        assertThat(send(to("/api/payments/" + registration).header("Authorization", "Bearer " + token))
                        .code())
                .isEqualTo("forbidden");
    }
}
