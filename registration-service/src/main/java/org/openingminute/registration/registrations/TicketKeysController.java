package org.openingminute.registration.registrations;

import java.time.Duration;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The public keys of tickets, for their verification. */
@RestController
class TicketKeysController {

    private static final CacheControl FOR_A_WHILE =
            CacheControl.maxAge(Duration.ofMinutes(5)).cachePublic();

    private final TicketSigner.KeySet keys;

    TicketKeysController(TicketSigner signer) {
        this.keys = signer.published();
    }

    @GetMapping("/.well-known/ticket-keys")
    ResponseEntity<TicketSigner.KeySet> keys() {
        return ResponseEntity.ok().cacheControl(FOR_A_WHILE).body(keys);
    }
}
