package org.openingminute.registration.tickets;

import java.time.Duration;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The public keys of tickets, for whoever checks them. */
@RestController
class TicketKeysController {

    private static final CacheControl FOR_A_WHILE =
            CacheControl.maxAge(Duration.ofMinutes(5)).cachePublic();

    private final KeySet keys;

    TicketKeysController(TicketSigner signer) {
        this.keys = new KeySet(signer.published());
    }

    /** A JWK set (RFC 7517). */
    record KeySet(List<TicketSigner.PublishedKey> keys) {}

    @GetMapping("/.well-known/ticket-keys")
    ResponseEntity<KeySet> keys() {
        return ResponseEntity.ok().cacheControl(FOR_A_WHILE).body(keys);
    }
}
