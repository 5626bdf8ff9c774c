package org.openingminute.benchmarks.oneprocess;

import java.net.URI;
import java.util.Map;
import java.util.UUID;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.sale.RegistrationRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;

/** Serves the calls of a flow, with the services' paths and bodies. */
@RestController
class OneProcessController {

    private final Sales sales;
    private final Payments payments;
    private final AccessTokens tokens;
    private final String publicUrl;

    OneProcessController(Sales sales, Payments payments, AccessTokens tokens, AccessSettings settings) {
        this.sales = sales;
        this.payments = payments;
        this.tokens = tokens;
        this.publicUrl = settings.publicUrl();
    }

    @PostMapping("/api/conferences/{slug}/registrations")
    ResponseEntity<String> register(
            @PathVariable String slug, @RequestHeader("Idempotency-Key") String key, @RequestBody byte[] body) {
        JsonNode tree = JsonBody.object(body);
        Result result = sales.register(new Command.Register(
                slug,
                new IdempotencyKey("register:" + slug, key),
                RequestHash.of(tree),
                JsonBody.readKnown(tree, RegistrationRequest.class)));
        if (!(result instanceof Result.Done done) || done.registration() == null) {
            throw new ResponseStatusException(HttpStatus.CONFLICT);
        }
        return ResponseEntity.created(URI.create("/api/registrations/" + done.registration()))
                .contentType(MediaType.APPLICATION_JSON)
                .body(Documents.with(
                        done.body(), "accessToken", tokens.sign(AccessToken.ofContact(done.registration(), 0))));
    }

    @GetMapping("/api/registrations/{id}")
    ResponseEntity<String> registration(@PathVariable UUID id, @RequestHeader("Authorization") String authorization) {
        check(id, authorization);
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(Documents.json(RegistrationRepresentation.of(sales.find(id), publicUrl)));
    }

    @PostMapping("/api/payments/{id}/checkout")
    @ResponseStatus(HttpStatus.CREATED)
    Map<String, URI> checkout(@PathVariable UUID id, @RequestHeader("Authorization") String authorization) {
        check(id, authorization);
        return Map.of("checkoutUrl", payments.checkout(id));
    }

    @PostMapping("/api/payments/webhooks/sandbox")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void webhook(@RequestHeader("Sandbox-Signature") String signature, @RequestBody byte[] body) {
        payments.receive(signature, body).ifPresent(sales::report);
    }

    private void check(UUID id, String authorization) {
        if (tokens.read(authorization.substring("Bearer ".length()))
                .filter(token -> token.registration().equals(id))
                .isEmpty()) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
        }
    }
}
